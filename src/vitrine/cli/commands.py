"""Every command, with the examples that stand at the end of its help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import typer

from vitrine.cli.collect import collect
from vitrine.cli.compare import compare
from vitrine.cli.demo import demo
from vitrine.cli.doctor import doctor
from vitrine.cli.embed import embed
from vitrine.cli.evaluate_group import evaluate
from vitrine.cli.events import events
from vitrine.cli.explain import explain
from vitrine.cli.index import index
from vitrine.cli.keeping import backup, export, verify
from vitrine.cli.keys import keys
from vitrine.cli.model import model
from vitrine.cli.outfit import outfit
from vitrine.cli.recommend import recommend
from vitrine.cli.reindex import reindex
from vitrine.cli.search import search
from vitrine.cli.serve import serve
from vitrine.cli.styles import styles
from vitrine.cli.tag import tag
from vitrine.cli.train import train

COMMANDS: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (demo, ("vitrine demo", "vitrine demo --out try-it --no-open")),
    (
        index,
        (
            "vitrine index photos/ --shop my.shop",
            "vitrine index products.csv --images photos/ --shop my.shop --dry-run",
            "vitrine index products.csv --shop my.shop --map title=name --map currency==EUR",
            "vitrine index feed.xml --shop my.shop --prune --json",
        ),
    ),
    (
        collect,
        (
            "vitrine collect https://shop.example/dresses --limit 50 --out dresses",
            "vitrine collect https://shop.example/sitemap.xml --out all --contact me@shop.example",
            "vitrine collect https://shop.example/new --scroll --out new --dry-run",
            "vitrine collect '#streetstyle' --limit 30 --out street",
        ),
    ),
    (reindex, ("vitrine reindex --shop my.shop --encoder clip-vit-b32",)),
    (
        search,
        (
            "vitrine search --shop my.shop --image snapshot.jpg",
            "vitrine search --shop my.shop --like D0040 --like D0084 -k 5 --json",
            "vitrine search --shop my.shop --image coat.jpg"
            ' --where "gender=women price<50 article_type=dresses|tops"',
            'vitrine search --shop my.shop --text "striped shirt"'
            """ --where '{"colour": ["Navy Blue", "White"]}'""",
            'vitrine search --shop my.shop --like D0040 --but "red, for men and cheaper"',
            "vitrine search --shop my.shop --image look.jpg --crop 0.2,0.1,0.8,0.6 --dislike D0084",
            "vitrine search --shop my.shop --image street.webp --garments",
            "vitrine search --shop my.shop --image street.webp --garment 2",
            "vitrine search --shop my.shop --video walk.mp4 -k 5",
            "vitrine search --shop my.shop --like D0040 --group-by item_group_id --facets"
            " colour,price",
        ),
    ),
    (
        explain,
        (
            "vitrine explain look.webp --out seen.html",
            "vitrine explain look.webp --tag article_type=Dresses --tag base_colour",
            "vitrine explain look.webp --against D0040 --shop my.shop --out why.png",
            "vitrine explain --against D0084 --shop my.shop --like D0040",
            "vitrine explain look.webp --encoder run --out looks.html",
        ),
    ),
    (
        outfit,
        (
            "vitrine outfit --shop my.shop --like D0040",
            "vitrine outfit --shop my.shop --like D0040 --keep D0121 --budget '150 EUR' --json",
            "vitrine outfit --shop my.shop --image my-skirt.jpg --season summer --seed 2",
            "vitrine outfit --shop my.shop --like D0040 --slots shoes,bag --alternatives 3",
            "vitrine outfit --shop my.shop --judge --like D0040 --like D0121",
        ),
    ),
    (
        compare,
        (
            "vitrine compare --shop my.shop --like D0061",
            "vitrine compare --shop my.shop --like D0061 --sort price --rate 'EUR=90 INR' --json",
            "vitrine compare --shop my.shop --min-probability 0.8 -k 50",
            "vitrine compare --shop my.shop --price-drops --since 2026-11-01",
        ),
    ),
    (
        recommend,
        (
            "vitrine recommend --shop my.shop",
            "vitrine recommend --shop my.shop --visitor ann -k 24 --json",
            'vitrine recommend --shop my.shop --like D0040 --where "gender=women price<50"',
            "vitrine recommend --shop my.shop --like D0040 --kind bought-together -k 4",
            "vitrine recommend --shop my.shop --gender men --age 34 --region Lyon",
            "vitrine recommend --shop hm.shop --all-visitors --format hm-submission"
            " -o submission.csv",
        ),
    ),
    (
        embed,
        (
            "vitrine embed photos/ -o vectors.npy --ids ids.txt",
            "vitrine embed a.jpg b.webp -o vectors.npy --encoder clip-vit-b32 --json",
            "vitrine embed --text titles.txt -o titles.npy",
        ),
    ),
    (
        tag,
        (
            "vitrine tag snapshot.jpg",
            "vitrine tag photos/ --json",
            "vitrine tag --check products.csv --images photos/",
        ),
    ),
    (
        serve,
        (
            "vitrine serve --shop my.shop",
            "vitrine serve --shop my.shop --host 0.0.0.0 --allow-host search.shop.example",
            "vitrine serve --shop my.shop --allow-origin https://shop.example --rate 5",
        ),
    ),
    (doctor, ("vitrine doctor", "vitrine doctor --json")),
    (verify, ("vitrine verify --shop my.shop", "vitrine verify --shop my.shop --no-photos")),
    (backup, ("vitrine backup --shop my.shop my-copy.shop",)),
    (
        export,
        (
            "vitrine export --shop my.shop -o products.csv",
            "vitrine export --shop my.shop -o products.jsonl",
        ),
    ),
)

GROUPS: tuple[tuple[str, typer.Typer, Mapping[str, tuple[str, ...]]], ...] = (
    (
        "evaluate",
        evaluate,
        {
            "encoders": (
                "vitrine evaluate encoders products.csv --encoder default",
                "vitrine evaluate products.csv --encoder default --encoder run/model -o results",
                "vitrine evaluate photos/ --protocol photo-to-shop --part all --json",
            ),
            "recommendations": (
                "vitrine evaluate recommendations --shop my.shop --simulate",
                "vitrine evaluate recommendations --shop hm.shop --hm tables/ -o results",
            ),
            "feedback": (
                "vitrine evaluate feedback --shop my.shop --against other-encoder.shop",
                "vitrine evaluate feedback --shop my.shop --report --json",
            ),
            "outfits": (
                "vitrine evaluate outfits --polyvore outfits/",
                "vitrine evaluate outfits --hm tables/ --shop hm.shop --column section_name",
            ),
        },
    ),
    (
        "train",
        train,
        {
            "encoder": (
                "vitrine train encoder products.csv --out run",
                "vitrine train encoder shop.csv photos/ --out run --minutes 90 --name my-shop",
                "vitrine train encoder products.csv --out try --limit 500 --epochs 2",
                "vitrine train encoder products.csv --out run --size 224x168 --device cuda",
            ),
            "ranker": ("vitrine train ranker --shop my.shop",),
            "outfits": (
                "vitrine train outfits --shop my.shop --pairs bought-together.csv",
                "vitrine train outfits --shop my.shop --pairs looks.csv --column brand --json",
            ),
            "tagger": (
                "vitrine train tagger products.csv --out tags --epochs 5 --labels paper-d",
                "vitrine train tagger products.csv --out tags --backbone timm/resnet18:avg",
                "vitrine train tagger products.csv --out both --ensemble tags --ensemble other",
            ),
            "retrieval": (
                "vitrine train retrieval products.csv --out mine --name my-shop",
                "vitrine train retrieval products.csv --out net --backbone plain --loss triplet",
            ),
            "two-branch": (
                "vitrine train two-branch products.csv --out run --side-px 128 --epochs 10",
                "vitrine train two-branch products.csv --out plain --without attention",
            ),
            "last-layer": (
                "vitrine train last-layer products.csv --out run --weights resnet50.safetensors",
                "vitrine train last-layer products.csv --out run --backbone timm/densenet121:avg",
            ),
            "compare": ("vitrine train compare run plain -o compared.html",),
        },
    ),
    (
        "model",
        model,
        {
            "list": ("vitrine model list", "vitrine model list --json"),
            "show": ("vitrine model show default",),
            "pull": ("vitrine model pull clip-vit-b32",),
            "export": (
                "vitrine model export default my-copy",
                "vitrine model export timm/resnet50.tv_in1k:max resnet50",
            ),
        },
    ),
    (
        "events",
        events,
        {
            "import": (
                "vitrine events import events.jsonl --shop my.shop",
                "vitrine events import transactions_train.csv --customers customers.csv"
                " --shop my.shop",
            ),
            "add": (
                "vitrine events add --shop my.shop --visitor ann --type like --product D0040",
                "vitrine events add --shop my.shop --visitor ann --type rate --product D0040"
                " --value 4 --aspect usefulness",
            ),
            "export": (
                "vitrine events export --shop my.shop -o events.jsonl",
                "vitrine events export --shop my.shop --visitor ann -o ann.csv",
            ),
            "purge": (
                "vitrine events purge --shop my.shop --visitor ann",
                "vitrine events purge --shop my.shop --before 2025-01-01",
            ),
            "stats": ("vitrine events stats --shop my.shop --json",),
        },
    ),
    (
        "keys",
        keys,
        {
            "create": (
                "vitrine keys create --shop my.shop --name 'the web shop'",
                "vitrine keys create --shop my.shop --kind admin --json",
            ),
            "list": ("vitrine keys list --shop my.shop",),
            "revoke": ("vitrine keys revoke 0f3a9c21b7de --shop my.shop",),
        },
    ),
    (
        "styles",
        styles,
        {
            "fit": ("vitrine styles fit --shop my.shop", "vitrine styles fit --shop my.shop -k 12"),
            "list": ("vitrine styles list --shop my.shop --json",),
            "show": ("vitrine styles show s03 --shop my.shop",),
            "tree": ("vitrine styles tree --shop my.shop",),
            "rename": ("vitrine styles rename s03 'quiet tailoring' --shop my.shop",),
            "merge": ("vitrine styles merge s03 s07 --shop my.shop",),
            "map": ("vitrine styles map --shop my.shop -o map.html",),
            "trends": (
                "vitrine styles trends --shop my.shop",
                "vitrine styles trends --shop my.shop --by colour --from events --json",
            ),
            "novel": ("vitrine styles novel --shop my.shop",),
            "accept": ("vitrine styles accept n3f21a0 --name 'clogs' --shop my.shop",),
            "dismiss": ("vitrine styles dismiss n3f21a0 --shop my.shop",),
            "label": (
                "vitrine styles label --shop my.shop --next 12",
                "vitrine styles label D0040 boho --shop my.shop",
                "vitrine styles label --from labels.csv --export all.csv --shop my.shop",
            ),
            "export": ("vitrine styles export --shop my.shop --csv styles.csv",),
            "suggest": ("vitrine styles suggest a.jpg b.jpg c.jpg --shop my.shop",),
            "evaluate": (
                "vitrine styles evaluate --shop my.shop",
                "vitrine styles evaluate --shop my.shop --recipe merged-prototypes -k 20 --json",
                "vitrine styles evaluate --shop hm.shop --copurchase copurchase.csv",
            ),
        },
    ),
)
