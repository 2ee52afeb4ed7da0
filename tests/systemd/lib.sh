# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# shellcheck disable=SC2034 # those who source it use what is set here
# What the scripts of tests/systemd have in common, besides what tests/lab has; to be
# sourced by the sh of the system.

export PATH=/usr/sbin:/usr/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive
KEEP=/root/lab
mkdir -p $KEEP
cd $KEEP || exit
. /mnt/lib.sh

PACKAGES='gnss-gpio gnss-gpio-dkms'
# The kernel that comes later
OTHER=$(uname -r | sed 's/-[^-]*$/-rt&/')
PROFILE=/etc/apparmor.d/usr.sbin.gpsd
PART=/etc/apparmor.d/local/usr.sbin.gpsd

# Names, kinds, owners and modes of all files, and what is in those of /etc and in
# depmod's. What is not listed:
#   /root/lab /out                        these scripts' own
#   /var/lib/{dpkg,apt} /var/cache /var/log /var/backups
#                                         what apt, dpkg and others remember
#   /var/lib/systemd /tmp /var/tmp        what services leave while they run
#   /var/lib/dkms/mok.*                   DKMS's own key, made when it first builds
listing()
{
	find / -xdev \( -path $KEEP -o -path /out -o -path /var/lib/dpkg -o -path /var/lib/apt \
		-o -path /var/cache -o -path /var/log -o -path /var/backups \
		-o -path /var/lib/systemd -o -path /tmp -o -path /var/tmp -o -path '/var/lib/dkms/mok.*' \) -prune \
		-o -printf '%p %y %u:%g %m %l\n' | sort
	find /etc /usr/lib/modules/*/modules.* -type f -print0 | sort -z | xargs -0 cksum
}

# The hash of gpsd's profile as the kernel has it
profile_hash() { cat /sys/kernel/security/apparmor/policy/profiles/*gpsd*/sha*; }
