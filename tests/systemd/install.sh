#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The packages are installed, as a user does it.

. /mnt/system.sh

# Both modules, for this kernel
built()
{
	for module in gnss_gpio gnss_gpio_sim; do
		modinfo -n $module | grep "/updates/dkms/$module\.ko" && continue
		dkms status
		tail -n 20 /var/lib/dkms/gnss-gpio/*/build/make.log
		return 1
	done
}

dkms_uninstall()
{
	dkms uninstall -m gnss-gpio -v "$(dpkg-query -W -f '${Version}' gnss-gpio-dkms)" -k "$(uname -r)"
}

listing >before
profile_hash >profile.before
check 'apt installs both packages, without network' apt-get install -y /mnt/*.deb
check 'DKMS has built both modules for this kernel' built
# What was built is kept, as to build takes minutes here.
check 'DKMS takes the modules away, as if this kernel were new' dkms_uninstall
check 'they are gone' fails built
check 'the hook that is called for new kernels' /etc/kernel/header_postinst.d/dkms "$(uname -r)"
check 'by that DKMS has installed both modules' built
finish
