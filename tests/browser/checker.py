"""The accessibility checker, loaded once for each page however many looks it is judged in."""
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# WCAG 2.2 AA and what it builds on.
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What may change with colours and sizes alone.
LOOKS_ONLY = {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]}
_SCRIPT = Axe().axe_script
_RUN = """options => axe.run(document, options).then(found => found.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.target} ${node.failureSummary}`)))"""


def faults_found(page: Page, rules: dict) -> list[str]:
    """What the checker holds against the page, one line each. The browser's own viewer in a frame is not ours to judge."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT)
    return page.evaluate(_RUN, {"runOnly": rules, "resultTypes": ["violations"], "iframes": False, "elementRef": False})
