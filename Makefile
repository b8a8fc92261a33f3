# The commands of this repository. `make test` sets up everything that it needs, and runs every suite.
PYTHON ?= python3
VENV := bindings-python/.venv
PY := $(abspath $(VENV))/bin/python
SPARK_VENV := bindings-python/.venv-spark
SPARK_PY := $(abspath $(SPARK_VENV))/bin/python

.PHONY: fetch test test-rust test-workbooks test-growth test-python test-spark test-databases test-cards test-node test-bundlers test-browser lint prose docs bench bench-browser bench-workbooks bench-instructions bench-spark fuzz fuzz-one fuzz-briefly fuzz-check supply advisories spreadsheet mutants mutants-diff soak coverage ready clean

# An example of a service that uses onroll, on axum and SQLite. It has its own lock file, because onroll itself does not
# need the dependencies of the example.
SERVICE := core/examples/axum-service/Cargo.toml

# At the end, one line for each suite says what passed, what failed, and what was skipped and why. Every suite runs,
# even if an earlier one fails.
TESTED := test-rust test-growth test-python test-node
test:
	@$(PYTHON) .ci/suites.py $(MAKE) $(TESTED)

test-rust: fetch
	cargo test --locked --no-fail-fast -p onroll -p onroll-benches --all-features
	cargo check --locked -p onroll --lib --tests --quiet
	RUSTFLAGS="-D warnings" cargo check --locked -p onroll --lib --no-default-features --quiet --target-dir target/features
	cargo test --locked --quiet --manifest-path $(SERVICE) --target-dir target/service

# Measures how the cost of hostile input grows, in steps that LLVM counts. This is a separate build, because every crate
# is instrumented. Set SHAPE to run only the shapes whose name contains it.
STEPS := --cfg onroll_steps -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 -Cllvm-args=-sanitizer-coverage-trace-pc
test-growth: fetch
	RUSTFLAGS='$(STEPS)' CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
		cargo test --locked --quiet --release -p onroll --test growth \
		--target "$$(rustc -vV | sed -n 's/^host: //p')" --target-dir target/growth -- --nocapture

# Compares how we and LibreOffice read workbooks from four programs. LibreOffice must be installed:
# apt-get install libreoffice-calc.
test-workbooks: fetch
	@command -v soffice || echo 'NOT CHECKED: workbooks of other programs, because LibreOffice is not installed here.'
	@mkdir -p target
	test -x target/workbooks-venv/bin/python || $(PYTHON) -m venv target/workbooks-venv
	target/workbooks-venv/bin/python -m pip install --quiet --disable-pip-version-check -r core/tests/workbooks/requirements.txt
	rm -rf target/workbooks target/corrected && mkdir -p target/workbooks
	ONROLL_WORKBOOKS=$(abspath target/workbooks) ONROLL_CORRECTED=$(abspath target/corrected) \
		cargo test --locked --quiet -p onroll --all-features --test behaviour -- --ignored writes_
	! command -v soffice >/dev/null || target/workbooks-venv/bin/python core/tests/workbooks/make.py target/workbooks soffice
	! command -v soffice >/dev/null || target/workbooks-venv/bin/python core/tests/workbooks/corrected.py target/corrected soffice
	! command -v soffice >/dev/null || ONROLL_WORKBOOKS=$(abspath target/workbooks) \
		cargo test --locked --quiet -p onroll --all-features --lib reads_each_workbook_with_the_same_result_as_libreoffice -- --ignored --nocapture

test-python: $(VENV)/ready
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-python && $(PY) -m pytest --quiet -rfEs tests
	cd bindings-python && $(PY) -m mypy tests examples tests_databases ../benches/python
	cd bindings-python && $(PY) -m pyright --warnings tests examples tests_databases
	cd bindings-python && $(PY) -m mypy.stubtest onroll --allowlist stubtest-allowed.txt

# Tests many schools on Spark, with two threads of this machine. Java 17 or 21 must be installed:
# apt-get install openjdk-17-jre-headless.
test-spark: $(SPARK_VENV)/ready
	@command -v java >/dev/null || { echo 'Spark needs Java 17 or 21, on the PATH: apt-get install openjdk-17-jre-headless'; exit 1; }
	cd bindings-python && $(SPARK_PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-python && $(SPARK_PY) -m pytest --quiet -rfEs tests_spark
	cd bindings-python && $(SPARK_PY) -m mypy tests_spark examples/national.py

$(SPARK_VENV)/ready: bindings-python/pyproject.toml
	$(PYTHON) -m venv $(SPARK_VENV)
	$(SPARK_PY) -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(SPARK_PY) -m pip install --quiet --disable-pip-version-check --group bindings-python/pyproject.toml:spark
	touch $@

# Tests the recipe for databases with SQLite, and with PostgreSQL if it is installed (apt-get install postgresql). The
# tests start PostgreSQL themselves.
POSTGRESQL = $(firstword $(wildcard /usr/lib/postgresql/*/bin/initdb) $(shell command -v initdb))
test-databases: $(VENV)/ready
	@test -n "$(POSTGRESQL)" || echo 'NOT CHECKED: PostgreSQL, because it is not installed here.'
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-python && $(PY) -m pytest --quiet -rfEs tests_databases $(if $(POSTGRESQL),,-k 'not postgresql')

$(VENV)/ready: bindings-python/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(PY) -m pip install --quiet --disable-pip-version-check --group bindings-python/pyproject.toml:dev
	touch $@

test-node: bindings-node/node_modules
	cd bindings-node && npm run --silent build && npm test

# Tests the browser part of the package in Chromium. It uses an installed Chromium, or one that Playwright installs, and
# says which. rustup must be installed, to add the WebAssembly target. Screenshots are in
# bindings-node/browser/test/out. SHOTS=1 also copies the screenshot for the README.
test-browser: bindings-node/node_modules bindings-node/browser/test/node_modules
	cd bindings-node && npm run --silent build:browser && node --test browser/test/*.test.mjs
	test -z "$(SHOTS)" || cp bindings-node/browser/test/out/problems.png docs/import-page.png

bindings-node/browser/test/node_modules: bindings-node/browser/test/package.json bindings-node/browser/test/package-lock.json
	cd bindings-node/browser/test && npm ci --silent --no-fund --no-audit
	touch $@

# Tests that Jest, vitest, esbuild, webpack, Rollup, Vite and Next load the package as npm installs it.
test-bundlers: bindings-node/node_modules bindings-node/bundlers/node_modules bindings-node/browser/test/node_modules
	cd bindings-node && npm run --silent build && npm run --silent build:browser && node --test bundlers/bundlers.test.mjs

bindings-node/bundlers/node_modules: bindings-node/bundlers/package.json bindings-node/bundlers/package-lock.json
	cd bindings-node/bundlers && npm ci --silent --no-fund --no-audit
	touch $@

# The lock files name no registry. Packages come from the registry that npm is set up for, and must have the hashes in
# the lock file.
bindings-node/node_modules: bindings-node/package.json bindings-node/package-lock.json
	cd bindings-node && npm ci --silent --no-fund --no-audit
	touch $@

# Downloads every crate in the lock files, including those for other systems. A lock file that does not fit its manifest
# is an error.
fetch:
	cargo fetch --locked --quiet
	cargo fetch --locked --quiet --manifest-path fuzz/Cargo.toml
	cargo fetch --locked --quiet --manifest-path $(SERVICE)
	cargo fetch --locked --quiet --manifest-path bindings-node/browser/bindgen/Cargo.toml

lint: fetch $(VENV)/ready bindings-node/node_modules prose
	cargo fmt --check
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	cargo fmt --check --manifest-path $(SERVICE)
	cargo fmt --check --manifest-path bindings-node/browser/bindgen/Cargo.toml
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	$(VENV)/bin/ruff check --quiet --config bindings-python/pyproject.toml bindings-python benches/python core/tests bindings-node
	$(VENV)/bin/typos
	bindings-node/node_modules/.bin/oxlint --deny-warnings bindings-node benches/node

# Checks the language: words and constructions that we avoid, the length of sentences, and the subjects of new commits.
# Also checks that the files which comments name exist.
prose:
	$(PYTHON) .ci/test_prose.py --quiet
	$(PYTHON) .ci/test_suites.py --quiet
	$(PYTHON) .ci/test_named_files.py --quiet
	$(PYTHON) .ci/prose.py
	$(PYTHON) .ci/named_files.py
	$(PYTHON) .ci/prose.py --commits

docs:
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps -p onroll --all-features

# Writes benches/RESULTS.md. While you work on the code, use `cargo bench -p onroll-benches` instead.
bench: $(VENV)/ready bindings-node/node_modules
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-node && npm run --silent build
	cd benches/node && npm ci --silent --no-fund --no-audit
	cargo run --locked --release -q -p onroll-benches --bin results -- $(PY) node
	$(PY) benches/python/read.py
	node benches/node/read.mjs target/results/usual-1m.csv

# Writes the browser's part of benches/RESULTS.md: sizes, and the time to the first check.
bench-browser: bindings-node/node_modules bindings-node/browser/test/node_modules
	cd bindings-node && npm run --silent build:browser
	node benches/node/browser.mjs

# Compares onroll with calamine, openpyxl and polars on a workbook, and writes the part "Workbooks" of
# benches/RESULTS.md.
bench-workbooks: $(VENV)/ready
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check --group pyproject.toml:workbooks
	cargo build --locked --release --quiet -p onroll-benches --bin workbooks
	$(PY) benches/python/workbooks.py target/release/workbooks

# Writes benches/INSTRUCTIONS.md. valgrind must be installed. valgrind finds the function to count by its symbol, so the
# symbols are not stripped.
bench-instructions:
	CARGO_PROFILE_RELEASE_STRIP=none cargo run --locked --release -q -p onroll-benches --bin results -- instructions

# Compares England on Spark with a single process, and writes the part "A country on Spark" of benches/RESULTS.md. Set
# SCHOOLS to run fewer schools.
SCHOOLS ?= 25000
bench-spark: $(SPARK_VENV)/ready
	cd bindings-python && $(SPARK_PY) -m pip install --quiet --disable-pip-version-check .
	$(SPARK_PY) benches/python/spark.py --schools $(SCHOOLS)

# Fuzzes every property for SECONDS seconds, and AT_ONCE properties at a time. See fuzz/README.md.
SECONDS ?= 60
AT_ONCE ?= 1
# One property limits the number of steps, so we also count steps. libFuzzer has its own counter of steps, which only
# reports that it is not in use. So our counter must be linked first. Addresses are fixed, so that the same SEED draws
# the same inputs. SEED=0 draws new inputs each time.
SEED ?= 0
# The largest number of inputs for each property. With -1, only SECONDS limits the number of inputs.
RUNS ?= -1
FUZZ := RUSTC_BOOTSTRAP=1 RUSTFLAGS='-Cllvm-args=-sanitizer-coverage-trace-pc -Clink-arg=-Wl,--allow-multiple-definition -Crelocation-model=static' cargo fuzz
fuzz: fetch
	cargo fuzz --version >/dev/null 2>&1 || cargo install --quiet --locked --debug cargo-fuzz@0.13.2
	$(FUZZ) build --sanitizer none
	ls fuzz/fuzz_targets | sed 's/\.rs$$//' | xargs -P $(AT_ONCE) -I @ $(MAKE) --no-print-directory fuzz-one PROPERTY=@

fuzz-one:
	@mkdir -p fuzz/target fuzz/corpus/$(PROPERTY) fuzz/seeds/$(PROPERTY)
	@$(FUZZ) run --sanitizer none $(PROPERTY) fuzz/corpus/$(PROPERTY) fuzz/seeds/$(PROPERTY) -- -seed=$(SEED) -runs=$(RUNS) -max_total_time=$(SECONDS) \
		-rss_limit_mb=4096 -timeout=30 -print_final_stats=1 >fuzz/target/$(PROPERTY).log 2>&1; ended=$$?; \
	grep -E "SUMMARY|panicked|Test unit written|number_of_executed_units|^error" fuzz/target/$(PROPERTY).log | sed "s/^/$(PROPERTY): /"; \
	test $$ended = 0 || tail -n 60 fuzz/target/$(PROPERTY).log; exit $$ended

# Checks that the fuzz targets compile. Building them needs cargo-fuzz, but this check does not.
fuzz-check:
	RUSTFLAGS='--cfg fuzzing' cargo check --locked --manifest-path fuzz/Cargo.toml

# Tries changes in the core that some test should notice. One build contains all changes, each behind a switch (see
# gamma.toml). Set FILES to globs to try only some files. Set SHARD=0/30 to try only the first of thirty parts of the
# changes, because all parts take many hours.
FILES =
SHARD =
MUTANTS = target/mutants
mutants:
	cargo gamma --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-gamma@0.4.0
	PROPTEST_CASES=64 cargo gamma run --memory off $(foreach file,$(FILES),--file '$(file)') $(if $(SHARD),\
		--shard-index $(word 1,$(subst /, ,$(SHARD))) --shard-count $(word 2,$(subst /, ,$(SHARD))))

# Tries changes only in lines that differ from SINCE. Each change has a separate build.
SINCE = main
mutants-diff:
	cargo mutants --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-mutants@27.1.0
	cargo nextest --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-nextest
	@mkdir -p $(MUTANTS)
	git diff $(SINCE) -- core/src >$(MUTANTS)/changes.diff
	PROPTEST_CASES=64 NEXTEST_PROFILE=mutants cargo mutants -p onroll --timeout 150 -o $(MUTANTS) --in-diff $(MUTANTS)/changes.diff

# Shows which lines of the core its tests run, with cargo-tarpaulin. It leaves out tests that take long or start other
# programs.
coverage:
	cargo tarpaulin --version >/dev/null 2>&1 || cargo install --quiet --locked --debug cargo-tarpaulin
	cargo tarpaulin --locked -p onroll --all-features --lib --test behaviour --include-files 'core/src/*' --engine ptrace \
		--target-dir target/coverage --out Stdout --skip-clean --timeout 600 --no-fail-fast -- \
		--skip a_single_cell_of --skip a_network_fault_never_gives --skip killed --skip examples

# Reads and plans in all three languages at once for MINUTES minutes. The memory of the three processes must not grow.
MINUTES ?= 10
soak: $(VENV)/ready bindings-node/node_modules
	cargo build --locked --release --quiet -p onroll-benches --bin soak
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-node && npm run --silent build
	printf '%s\n' 'target/release/soak' '$(PY) benches/python/soak.py' 'node --expose-gc benches/node/soak.mjs' | \
		xargs -P 3 -I @ sh -c '@ $(MINUTES)'

# Opens our files in LibreOffice, and compares the values shown with ours. LibreOffice must be installed.
spreadsheet: $(VENV)/ready
	command -v soffice
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-python && $(PY) -m pytest --quiet -rfEs tests/test_spreadsheet.py

# Prints login cards, letters and class lists in a browser, and reads the printed pages as a camera would. It says which
# programs it used. Chromium and Poppler must be installed. If LibreOffice is installed, it opens letters, class lists
# and credentials too: apt-get install chromium poppler-utils libreoffice-calc libreoffice-writer.
test-cards: $(VENV)/ready
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
		echo 'NOT CHECKED: what is printed, because Chromium is not installed here.'
	cd bindings-python && $(PY) -m pip install --quiet --disable-pip-version-check .
	cd bindings-python && $(PY) -m pytest --quiet -rfEs tests/test_printing.py

# Fuzzes every property briefly, two at a time, from the seeds and with the same inputs each time. So if a property
# fails here, a change to the code caused the failure. `make fuzz` draws new inputs, and runs for as long as you choose.
fuzz-briefly:
	$(MAKE) --no-print-directory fuzz SECONDS=20 AT_ONCE=2 SEED=1 RUNS=25000

# Checks the licences, sources, versions and advisories of the dependencies. Also checks that building takes nothing
# from the network.
supply: fetch advisories
	cargo deny --offline --log-level error check --hide-inclusion-graph licenses bans sources
	unshare -rn true 2>/dev/null || echo 'Without network namespaces here, only --offline is tried.'
	$$(unshare -rn true 2>/dev/null && echo unshare -rn) cargo check --quiet --locked --offline -p onroll --all-features --target-dir target/no-network

# Checks the dependencies for known vulnerabilities. The databases are on the network. If one is not available, this
# command says so and continues.
advisories:
	cargo deny --version >/dev/null 2>&1 || cargo install --quiet --locked --debug cargo-deny@0.20.2
	@if cargo deny fetch db >/dev/null 2>&1; \
	then cargo deny --offline --log-level error check --hide-inclusion-graph advisories; \
	else echo 'NOT CHECKED: the advisories of crates, because the RustSec database cannot be fetched here.'; fi
	@mkdir -p target
	@for folder in bindings-node bindings-node/bundlers bindings-node/browser/test benches/node; do \
		(cd $$folder && npm audit --package-lock-only --audit-level=high --json 2>/dev/null) >target/audit.json; found=$$?; \
		if ! grep -q auditReportVersion target/audit.json; \
		then echo "NOT CHECKED: the advisories of npm packages in $$folder, because the registry does not tell them here."; \
		elif test $$found != 0; then cat target/audit.json; exit 1; fi; \
	done

# The checks that CI runs, with one line for each check at the end.
ready:
	@$(PYTHON) .ci/suites.py $(MAKE) lint docs $(TESTED) test-workbooks test-databases test-spark test-cards test-bundlers test-browser \
		supply fuzz-briefly

clean:
	cargo clean
	rm -rf $(VENV) $(SPARK_VENV) bindings-node/node_modules bindings-node/bundlers/node_modules bindings-node/browser/test/node_modules bindings-node/dist bindings-node/*.node
