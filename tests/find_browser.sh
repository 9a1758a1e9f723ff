# Prints the browser the page tests use: $CHROMIUM, else an installed one, else Debian's (as root), else Playwright's own.
bin="$1"
if [ -n "$CHROMIUM" ]; then echo "$CHROMIUM"; exit 0; fi
find_one() { for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v $name && return 0; done; return 1; }
find_one && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >&2 && find_one && exit 0
fi
"$bin/python" -m playwright install chromium >&2 2>&1 && "$bin/python" -c "
from playwright.sync_api import sync_playwright
with sync_playwright() as p: print(p.chromium.executable_path)" && exit 0
echo "No browser for the page tests: install chromium, or set CHROMIUM to the path of a chromium or chrome." >&2
exit 1
