# The two commands of a newcomer: `make demo` and `make test`. Both set up what they need.
# Where the machine has no Swift of 6.2 or later, they run inside the toolchain's root (see image/toolchain/README.md).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

toolchain := image/toolchain
# Inside the toolchain's root another compiler builds: it gets a folder of its own.
build_folder := $(if $(wildcard /etc/outpost-toolchain),.build/toolchain,.build)
swift_options := --scratch-path $(build_folder)
debug_program = $(build_folder)/debug/outpost
# Where the image codecs are, which prepare-host builds.
cache := $(or $(OUTPOST_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/outpost)
codecs := $(cache)/codecs/$(if $(wildcard /etc/outpost-toolchain),toolchain-)$(shell dpkg --print-architecture)
export PKG_CONFIG_PATH := $(codecs)/lib/pkgconfig
emulator := qemu-aarch64-static -cpu cortex-a72

.PHONY: help demo test check build appliance demo-aarch64 test-kernels-aarch64 model clean \
	demo-here test-here build-here

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Show the main job on real files: images in, findings out, through an outage of the hub
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) demo-here

test: ## Set up, build, and pass all tests
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) test-here

check: ## What continuous integration runs
	@.ci/run

build: ## Build the program for this machine, with debug information
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) build-here

appliance: ## Cross-build the one static aarch64 program, .build/appliance/outpost
	@$(toolchain)/prepare-host >/dev/null
	@$(toolchain)/build-appliance

demo-aarch64: ## The demonstration with the appliance's program under emulation
	@test -x .build/appliance/outpost || $(MAKE) appliance
	@python=$$($(toolchain)/prepare-host) && $$python provisioning/demo/demo.py --folder .build/demo-aarch64 \
		--outpost .build/appliance/outpost --runner "$(emulator)"

test-kernels-aarch64: ## Every kernel against the scalar reference, under emulation
	@$(toolchain)/prepare-host >/dev/null
	@Tests/CKernelsTests/run-aarch64

model: ## Train the demonstration network anew
	@provisioning/models/chest-nodule/train.sh

clean: ## Remove what was built
	rm -rf .build

# These run where the compiler is: on the host, or inside the toolchain's root.

demo-here: build-here
	@python=$$($(toolchain)/prepare-host) && $$python provisioning/demo/demo.py --folder .build/demo --outpost $(debug_program)

build-here:
	@$(toolchain)/prepare-host >/dev/null
	@swift build $(swift_options) --product outpost

# Most tests wait for real programs: started all at once they would starve each other.
test-here: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := 4
test-here: export OUTPOST_PROGRAM := $(CURDIR)/$(debug_program)
test-here:
	@OUTPOST_PYTHON=$$($(toolchain)/prepare-host) && export OUTPOST_PYTHON && \
		swift build $(swift_options) --build-tests && \
		swift test $(swift_options) --skip-build
