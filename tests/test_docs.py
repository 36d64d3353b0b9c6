"""The README shows what is in the tree."""
import re

from support import ROOT

README = (ROOT / "README.md").read_text()


def test_the_scenario_in_the_readme_is_the_one_that_the_demo_runs():
    shown = re.search(r"```yaml\n(.*?)```", README, re.DOTALL).group(1)
    assert shown.strip() == (ROOT / "scenarios" / "memory-oom-alert.yaml").read_text().strip()


def test_links_of_all_pages_lead_somewhere():
    broken = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            if not (page.parent / link).exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert not broken, "\n".join(broken)
