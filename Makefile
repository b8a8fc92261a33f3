# What people type here. `make test` sets up all it needs, and runs every suite.
PYTHON ?= python3
VENV := bindings-python/.venv
PY := $(abspath $(VENV))/bin/python

.PHONY: fetch test test-rust test-growth test-python test-databases test-node test-bundlers lint docs bench bench-instructions fuzz fuzz-one fuzz-briefly fuzz-check supply advisories spreadsheet mutants mutants-others soak coverage ready clean

test: test-rust test-growth test-python test-node

test-rust: fetch
	cargo test --locked -p onroll -p onroll-benches --all-features
	cargo check --locked -p onroll --lib --tests --quiet

# How the cost of hostile input grows, in steps that LLVM counts: a build of its own, since every crate is instrumented. SHAPE, if
# only shapes whose name has that in it.
STEPS := --cfg onroll_steps -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 -Cllvm-args=-sanitizer-coverage-trace-pc
test-growth: fetch
	RUSTFLAGS='$(STEPS)' CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
		cargo test --locked --quiet --release -p onroll --test growth \
		--target "$$(rustc -vV | sed -n 's/^host: //p')" --target-dir target/growth -- --nocapture

test-python: $(VENV)/ready
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-python && $(PY) -m pytest --quiet tests
	cd bindings-python && $(PY) -m mypy tests examples tests_databases ../benches/python
	cd bindings-python && $(PY) -m pyright --warnings tests examples tests_databases
	cd bindings-python && $(PY) -m mypy.stubtest onroll

# The recipe for databases, on SQLite and on a PostgreSQL that the tests start; it must be installed: apt-get install postgresql.
test-databases: $(VENV)/ready
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-python && $(PY) -m pytest --quiet tests_databases

$(VENV)/ready: bindings-python/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(PY) -m pip install --quiet --disable-pip-version-check --group bindings-python/pyproject.toml:dev
	touch $@

test-node: bindings-node/node_modules
	cd bindings-node && npm run --silent build && npm test

# Jest, vitest, esbuild, webpack and Next load the package as npm installs it.
test-bundlers: bindings-node/node_modules bindings-node/bundlers/node_modules
	cd bindings-node && npm run --silent build && node --test bundlers/bundlers.test.mjs

bindings-node/bundlers/node_modules: bindings-node/bundlers/package.json bindings-node/bundlers/package-lock.json
	cd bindings-node/bundlers && npm ci --silent --no-fund --no-audit
	touch $@

# The locks name no registry: packages come from the one that npm is set up for, and must have the hashes of the lock.
bindings-node/node_modules: bindings-node/package.json bindings-node/package-lock.json
	cd bindings-node && npm ci --silent --no-fund --no-audit
	touch $@

# Every crate of the locks, those of other systems too; a lock that does not fit its manifest is an error.
fetch:
	cargo fetch --locked --quiet
	cargo fetch --locked --quiet --manifest-path fuzz/Cargo.toml

lint: fetch
	cargo fmt --check
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	cargo fmt --check --manifest-path fuzz/mutants/Cargo.toml
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	cargo clippy --locked --manifest-path fuzz/mutants/Cargo.toml -- -D warnings

docs:
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps -p onroll --all-features

# Writes benches/RESULTS.md; `cargo bench -p onroll-benches` is for working on the code.
bench: $(VENV)/ready bindings-node/node_modules
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-node && npm run --silent build
	cd benches/node && npm ci --silent --no-fund --no-audit
	cargo run --locked --release -q -p onroll-benches --bin results -- $(PY) node
	$(PY) benches/python/read.py
	node benches/node/read.mjs target/results/usual-1m.csv

# Writes benches/INSTRUCTIONS.md; valgrind must be installed.
bench-instructions:
	cargo run --locked --release -q -p onroll-benches --bin results -- instructions

# Every law, so many seconds each, so many at once; see fuzz/README.md.
SECONDS ?= 60
AT_ONCE ?= 1
# Steps are counted too, for the property that bounds them. libFuzzer has a counter of its own, which only says that it is out of use:
# ours comes first.
FUZZ := RUSTC_BOOTSTRAP=1 RUSTFLAGS='-Cllvm-args=-sanitizer-coverage-trace-pc -Clink-arg=-Wl,--allow-multiple-definition' cargo fuzz
fuzz: fetch
	cargo fuzz --version >/dev/null 2>&1 || cargo install --quiet --locked --debug cargo-fuzz@0.13.2
	$(FUZZ) build --sanitizer none
	ls fuzz/fuzz_targets | sed 's/\.rs$$//' | xargs -P $(AT_ONCE) -I @ $(MAKE) --no-print-directory fuzz-one LAW=@

fuzz-one:
	@mkdir -p fuzz/target fuzz/corpus/$(LAW) fuzz/seeds/$(LAW)
	@$(FUZZ) run --sanitizer none $(LAW) fuzz/corpus/$(LAW) fuzz/seeds/$(LAW) -- -max_total_time=$(SECONDS) \
		-rss_limit_mb=4096 -timeout=30 -print_final_stats=1 >fuzz/target/$(LAW).log 2>&1; ended=$$?; \
	grep -E "SUMMARY|panicked|Test unit written|number_of_executed_units|^error" fuzz/target/$(LAW).log | sed "s/^/$(LAW): /"; \
	test $$ended = 0 || tail -n 60 fuzz/target/$(LAW).log; exit $$ended

# Building the fuzz targets takes cargo-fuzz; that they compile is checked without it.
fuzz-check:
	RUSTFLAGS='--cfg fuzzing' cargo check --locked --manifest-path fuzz/Cargo.toml

# Changes in the core that some test should notice: all that cargo-mutants lists, in one build, which takes some twenty minutes where
# cargo-mutants takes seven hours; and then by cargo-mutants itself those that cannot be switched. `FILES`, if only of some.
MUTANTS = target/mutants
FILES =
mutants:
	cargo mutants --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-mutants@27.1.0
	cargo run --quiet --release --locked --manifest-path fuzz/mutants/Cargo.toml . $(MUTANTS) $(FILES)

mutants-others:
	cargo nextest --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-nextest
	PROPTEST_CASES=64 NEXTEST_PROFILE=mutants cargo mutants -p onroll --timeout 150 -o $(MUTANTS) \
		-F "$$(sed 's/[][\\.*+?^$${}()|]/\\&/g; s/.*/^&$$/' $(MUTANTS)/others.txt | paste -sd '|')"; \
		ended=$$?; test $$ended = 2 || test $$ended = 3 || test $$ended = 0 || exit $$ended
	wc -l $(MUTANTS)/mutants.out/*.txt

# Which lines of the core its tests run, by cargo-tarpaulin; without those that take long, or start other programs.
coverage:
	cargo tarpaulin --version >/dev/null 2>&1 || cargo install --quiet --locked --debug cargo-tarpaulin
	cargo tarpaulin --locked -p onroll --all-features --lib --test behaviour --include-files 'core/src/*' --engine ptrace \
		--target-dir target/coverage --out Stdout --skip-clean --timeout 600 --no-fail-fast -- \
		--skip a_single_cell_of --skip every_fault_at --skip killed --skip examples

# All three languages at once, which must not grow.
MINUTES ?= 10
soak: $(VENV)/ready bindings-node/node_modules
	cargo build --locked --release --quiet -p onroll-benches --bin soak
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-node && npm run --silent build
	printf '%s\n' 'target/release/soak' '$(PY) benches/python/soak.py' 'node --expose-gc benches/node/soak.mjs' | \
		xargs -P 3 -I @ sh -c '@ $(MINUTES)'

# What LibreOffice makes of our files; it must be installed.
spreadsheet: $(VENV)/ready
	command -v soffice
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-python && $(PY) -m pytest --quiet tests/test_spreadsheet.py

# Every law for a little while, two at a time.
fuzz-briefly:
	$(MAKE) --no-print-directory fuzz SECONDS=20 AT_ONCE=2

# Licences, sources, versions and advisories of what is depended on, and that building takes nothing from the network.
supply: fetch advisories
	cargo deny --offline --log-level error check --hide-inclusion-graph licenses bans sources
	unshare -rn true 2>/dev/null || echo 'Without network namespaces here, only --offline is tried.'
	$$(unshare -rn true 2>/dev/null && echo unshare -rn) cargo check --quiet --locked --offline -p onroll --all-features --target-dir target/no-network

# Known vulnerabilities of what is depended on. The databases are on the network; where one cannot be had, this says so and goes on.
advisories:
	cargo deny --version >/dev/null 2>&1 || cargo install --quiet --locked --debug cargo-deny@0.20.2
	@if cargo deny fetch db >/dev/null 2>&1; \
	then cargo deny --offline --log-level error check --hide-inclusion-graph advisories; \
	else echo 'NOT CHECKED: the advisories of crates, because the RustSec database cannot be fetched here.'; fi
	@mkdir -p target
	@for folder in bindings-node bindings-node/bundlers benches/node; do \
		(cd $$folder && npm audit --package-lock-only --audit-level=high --json 2>/dev/null) >target/audit.json; found=$$?; \
		if ! grep -q auditReportVersion target/audit.json; \
		then echo "NOT CHECKED: the advisories of npm packages in $$folder, because the registry does not tell them here."; \
		elif test $$found != 0; then cat target/audit.json; exit 1; fi; \
	done

# What CI runs.
ready: lint docs test test-bundlers supply fuzz-briefly

clean:
	cargo clean
	rm -rf $(VENV) bindings-node/node_modules bindings-node/bundlers/node_modules bindings-node/*.node
