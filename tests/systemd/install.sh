#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The packages are installed, as a user does it.

. /mnt/system.sh

# built KERNEL: both modules
built()
{
	for module in gnss_gpio gnss_gpio_sim; do
		modinfo -k "$1" -n $module | grep "/updates/dkms/$module\.ko" &&
			equal "$(modinfo -k "$1" -F vermagic $module | sed 's/ .*//')" "$1" && continue
		dkms status
		tail -n 20 /var/lib/dkms/gnss-gpio/*/build/make.log
		return 1
	done
}

listing >before
profile_hash >profile.before
check 'apt installs both packages, without network' apt-get install -y /mnt/*.deb
check 'DKMS has built both modules for this kernel' built "$(uname -r)"
check 'there are none for another kernel' fails built "$OTHER"
# As with an update of the kernel
check "apt installs the other kernel's headers" apt-get install -y /root/later/*.deb
check 'by that DKMS has built both modules for that kernel' built "$OTHER"
check 'those for this kernel are as before' built "$(uname -r)"
finish
