# %% [markdown]
# # Which share of the towns' news mentions a word, year by year?
#
# Open this file as a notebook (VS Code, Jupyter with jupytext), or run it:
# `python docs/mentions_by_year.py data/jimo.db "征地 OR 拆迁" mentions.png`. Needs `pip install -e '.[notebook]'`.

# %%
from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib import font_manager

import jimo_crawler

IN_NOTEBOOK = "ipykernel" in sys.modules
DEFAULTS = ["data/jimo.db", "征地 OR 拆迁", "mentions.png"]
GIVEN = [] if IN_NOTEBOOK else sys.argv[1:]
ARCHIVE, WORDS, PICTURE = [*GIVEN, *DEFAULTS[len(GIVEN) :]]

# %% [markdown]
# One row a town and year: all articles, and those that contain the words (in either script).

# %%
SQL = """
SELECT coalesce(towns.name, '–') AS town, substr(a.published_at, 1, 4) AS year, count(*) AS articles,
       sum(+a.id IN (SELECT rowid FROM articles_fts(zh_query(?)))) AS mentions
FROM articles a LEFT JOIN towns ON towns.id = a.town_id
WHERE a.published_at IS NOT NULL AND a.duplicate_of IS NULL
GROUP BY town, year
"""
archive = jimo_crawler.connect(ARCHIVE)
counts = pd.read_sql(SQL, archive, params=[WORDS])
archive.close()
years = counts.groupby("year")[["articles", "mentions"]].sum()
years["percent"] = 100 * years["mentions"] / years["articles"]
print(years.round(1).to_string())

# %%
towns = counts.groupby("town")[["articles", "mentions"]].sum().sort_values("mentions", ascending=False)
print(towns.head(10).to_string())

# %% [markdown]
# Matplotlib's own font has no Chinese characters; the first of these that is installed is taken.

# %%
CHINESE = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
)
installed = {font.name for font in font_manager.fontManager.ttflist}
font = next((name for name in CHINESE if name in installed), None)
if font:
    matplotlib.rcParams["font.family"] = font

figure, (share, number) = plt.subplots(2, 1, sharex=True, figsize=(9, 6), height_ratios=(2, 1))
share.plot(years.index, years["percent"], marker="o")
share.set_ylabel("% of the year's articles")
share.set_ylim(bottom=0)
share.set_title(WORDS if font else "Mentions by year (install fonts-noto-cjk to see the words here)")
number.bar(years.index, years["articles"], color="lightgrey")
number.bar(years.index, years["mentions"])
number.set_ylabel("articles")
number.tick_params(axis="x", rotation=60)
figure.tight_layout()
figure.savefig(PICTURE, dpi=150)
print(f"{Path(PICTURE).name}: {int(years['mentions'].sum())} of {int(years['articles'].sum())} articles")
