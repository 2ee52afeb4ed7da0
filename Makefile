# SPDX-License-Identifier: GPL-2.0-only
#
#   make demo      boot the lab and watch fixes arrive in gpsd
#   make check     run all tests; make check-all: in a whole Debian, on its newest kernel
#                  and on 32 bit, too; make check-debug: in instrumented kernels
#   make compare   measure the bottom halves against each other
#   make cost      interrupts and CPU time a byte takes
#   make help      the rest
#
# The kernel's build reads Kbuild, not this file.

# What would be ignored is a mistake.
LAB_GOALS := deb demo check check-all check-debug soak compare limits cost lab fuzz bench-nmea
demo_TAKES := BH BAUD NMEA KERNEL
check_TAKES := TESTS
check-all_TAKES := TESTS
check-debug_TAKES := TESTS
soak_TAKES := MINUTES
fuzz_TAKES := SECONDS
lab_TAKES := KERNEL
# The kernel's build takes more than can be listed: where it is all there is to do, only
# what the lab takes is a mistake. A make within make is given what was not meant for it.
BUILD_TAKES := KDIR ARCH CROSS_COMPILE CC CFLAGS CPPFLAGS LDFLAGS PKG_CONFIG PREFIX DESTDIR V W C
ifeq ($(MAKELEVEL),0)
GIVEN := $(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v))
TAKEN := CACHE $(foreach g,$(MAKECMDGOALS),$($g_TAKES))
ifeq ($(filter $(LAB_GOALS),$(MAKECMDGOALS)),)
IGNORED := $(filter $(foreach g,$(LAB_GOALS),$($g_TAKES)),$(GIVEN))
else
TAKEN += $(if $(filter-out $(LAB_GOALS),$(MAKECMDGOALS)),$(BUILD_TAKES))
IGNORED := $(filter-out $(TAKEN),$(GIVEN))
endif
$(if $(IGNORED),$(error 'make $(MAKECMDGOALS)' does not know $(IGNORED); see 'make help'))
endif

KDIR ?= /lib/modules/$(shell uname -r)/build
CACHE ?= build
PREFIX ?= /usr/local
BH ?= workqueue
BAUD ?= 9600
NMEA ?=
SECONDS ?= 0
KERNEL ?= 6.12
MINUTES ?= 1440

ifneq ($(shell test -e '$(CACHE)' && test ! -d '$(CACHE)' && echo file),)
$(error CACHE=$(CACHE) is not a folder)
endif

export CACHE PREFIX

all: modules programs

help:
	@echo 'On a fresh Debian machine, as root, with nothing to prepare:'
	@echo '  make demo       boot the lab, play a receiver, show its fixes in gpsd;'
	@echo '                  BH=$(BH) BAUD=$(BAUD) NMEA=FILE KERNEL=$(KERNEL) select'
	@echo '  make check      run all tests; TESTS="NAME..." selects'
	@echo '  make check-all  run these, the packages in a Debian with systemd, and the driver'
	@echo '                  on the newest kernel that Debian has and on 32 bit'
	@echo '  make check-debug   build two instrumented kernels and run the driver in them:'
	@echo '                  locks, leaks, bad accesses, races; TESTS="NAME..." selects'
	@echo '  make soak       a day of a receiver and gpsd in virtual time; MINUTES=$(MINUTES)'
	@echo '  make compare    measure all bottom halves under all loads on two kernels;'
	@echo '                  ten minutes; see $(CACHE)/compare/index.html'
	@echo '  make limits     what the receive engines can do: rates, late interrupts, skew;'
	@echo '                  twenty minutes'
	@echo '  make cost       interrupts and CPU time a byte takes, of each engine at each rate'
	@echo '  make fuzz       fuzz the parser until it is interrupted; SECONDS=N ends it'
	@echo '  make bench-nmea instructions that the parser takes for a sentence and a byte'
	@echo
	@echo 'On the machine with the receiver:'
	@echo '  make            modules and programs'
	@echo '  make modules    driver/gnss_gpio.ko, driver/sim/gnss_gpio_sim.ko; KDIR=DIR'
	@echo '                  and ARCH=arm64 CROSS_COMPILE=PREFIX- for another machine'
	@echo '  make programs   gnss-*, nmea-gen into $(CACHE)/programs/host'
	@echo '  make dtbs       dts/*.dtbo'
	@echo '  make install    all of that, into the running system; make uninstall'
	@echo '  make deb        Debian packages of all of that, in $(CACHE)/deb'
	@echo
	@echo '  make lab        a shell in the lab'
	@echo '  make clean      remove what was built; make distclean the downloads too'
	@echo
	@echo 'CACHE=DIR keeps downloads and builds elsewhere than in build/.'

modules: headers
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

headers:
	@test -e $(KDIR)/Makefile || { echo 'There is no kernel build tree in $(KDIR);' \
		'install the headers of the running kernel (Debian: linux-headers-$(shell uname -r),' \
		'Raspberry Pi OS: linux-headers-rpi-v8) or say KDIR=DIR'; exit 1; }

programs:
	$(MAKE) -C userspace O=$(abspath $(CACHE))/programs/host

dtbs: dts/gnss-gpio-overlay.dtbo

%.dtbo: %.dts
	@command -v dtc >/dev/null || { echo 'dtc is missing; type:' \
		'apt-get install device-tree-compiler'; exit 1; }
	dtc -@ -Wno-unit_address_vs_reg -I dts -O dtb -o $@ $<

modules_install: headers
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install

# Boards whose firmware merges overlays have a folder for them.
OVERLAYS = $(firstword $(wildcard /boot/firmware/overlays /boot/overlays))

install: modules_install dtbs
	$(MAKE) -C userspace O=$(abspath $(CACHE))/programs/host install
	depmod -a
	test -z '$(OVERLAYS)' || install -m 644 dts/gnss-gpio-overlay.dtbo \
		$(OVERLAYS)/gnss-gpio.dtbo
	install -D -m 644 tools/60-gnss-gpio.rules \
		$(DESTDIR)/etc/udev/rules.d/60-gnss-gpio.rules
	install -D -m 644 tools/gpsd-gnss-gpio.conf \
		$(DESTDIR)/etc/systemd/system/gpsd.service.d/gpsd-gnss-gpio.conf

# The modules of all kernels, but those that DKMS has built.
uninstall:
	$(MAKE) -C userspace uninstall
	find /lib/modules/ -path '*/dkms/*' -prune -o \
		'(' -name 'gnss_gpio.ko*' -o -name 'gnss_gpio_sim.ko*' ')' -exec rm '{}' +
	depmod -a
	rm -f $(DESTDIR)/etc/udev/rules.d/60-gnss-gpio.rules \
		$(DESTDIR)/etc/systemd/system/gpsd.service.d/gpsd-gnss-gpio.conf \
		$(if $(OVERLAYS),$(OVERLAYS)/gnss-gpio.dtbo)

deb:
	@tools/install-packages deb
	@tools/deb/build

demo:
	@tools/demo --bottom-half '$(BH)' --baud '$(BAUD)' --nmea '$(NMEA)' \
		--kernel '$(KERNEL)'

compare:
	@tools/install-packages compare
	@tools/compare

check:
	@tests/run --list $(TESTS) >/dev/null
	@tools/install-packages check
	@tests/run $(TESTS)

check-all:
	@tests/run --all --list $(TESTS) >/dev/null
	@tools/install-packages all
	@tests/run --all $(TESTS)

check-debug:
	@tests/run --debug --list $(TESTS) >/dev/null
	@tools/install-packages debug
	@tests/run --debug $(TESTS)

soak:
	@tools/install-packages demo
	@tests/soak.sh '$(MINUTES)'

limits:
	@tools/install-packages check
	@tests/limits.sh --all

cost:
	@tools/install-packages demo
	@tools/cost/run

fuzz:
	@tools/install-packages check
	@tests/fuzz.sh '$(SECONDS)'

bench-nmea:
	@tools/install-packages check
	@tests/bench-nmea.sh

lab:
	@tools/install-packages demo
	@tools/lab/run --kernel '$(KERNEL)' --shell

clean:
	-test ! -e $(KDIR)/Makefile || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	rm -rf dts/*.dtbo $(CACHE)/programs $(CACHE)/modules $(CACHE)/headers/*/modules $(CACHE)/tests \
		$(CACHE)/check $(CACHE)/check-debug $(CACHE)/unit

distclean: clean
	rm -rf $(CACHE)

.PHONY: all help headers modules programs dtbs modules_install install uninstall deb demo \
	compare check check-all check-debug soak limits cost lab fuzz bench-nmea clean distclean
