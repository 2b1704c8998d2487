"""Which dataset a publisher belongs to: the vendor's table, without its client's slow import.

Source: ``databento.Publisher``, to which a test holds this table.
"""

from __future__ import annotations

from typing import Final

_PUBLISHERS: Final[dict[str, tuple[int, ...]]] = {
    "GLBX.MDP3": (1,),
    "XNAS.ITCH": (2,),
    "XBOS.ITCH": (3,),
    "XPSX.ITCH": (4,),
    "BATS.PITCH": (5,),
    "BATY.PITCH": (6,),
    "EDGA.PITCH": (7,),
    "EDGX.PITCH": (8,),
    "XNYS.PILLAR": (9,),
    "XCIS.PILLAR": (10,),
    "XASE.PILLAR": (11,),
    "XCHI.PILLAR": (12,),
    "XCIS.BBO": (13,),
    "XCIS.TRADES": (14,),
    "MEMX.MEMOIR": (15,),
    "EPRL.DOM": (16,),
    "XNAS.NLS": (17, 18, 47, 86, 87),
    "XNYS.TRADES": (19, 45, 96),
    "OPRA.PILLAR": (*range(20, 38), 61, 108, 109),
    "IEXG.TOPS": (38,),
    "DBEQ.BASIC": (*range(39, 43), 59),
    "ARCX.PILLAR": (43,),
    "XNYS.BBO": (44,),
    "XNAS.QBBO": (46,),
    "EQUS.PLUS": (*range(48, 57), 60),
    "IFEU.IMPACT": (57, 84),
    "NDEX.IMPACT": (58, 85),
    "EQUS.ALL": (*range(62, 81), 94),
    "XNAS.BASIC": (81, 82, 83, 88, 89, 93),
    "EQUS.SUMMARY": (90,),
    "XCIS.TRADESBBO": (91,),
    "XNYS.TRADESBBO": (92,),
    "EQUS.MINI": (95,),
    "IFUS.IMPACT": (97, 98),
    "IFLL.IMPACT": (99, 100),
    "XEUR.EOBI": (101, 103),
    "XEEE.EOBI": (102, 104),
    "XCBF.PITCH": (105, 106),
    "OCEA.MEMOIR": (107,),
    "MAIN.CGIF": (110, 142),
    "EQUS.SIP": tuple(range(111, 136)),
    "MSCI.CGIF": (136,),
    "FTSE.CGIF": (137,),
    "INAV.CGIF": (138,),
    "MSTAR.CGIF": (139,),
    "CCCY.CGIF": (140,),
    "CGI.CGIF": (141,),
    "XTKS.FLEX": (143,),
    "XTKT.ITCH": (144,),
    "XOSE.ITCH": (145,),
    "DBIX.CORE": tuple(range(146, 154)),
}

# Of a dataset that has no other.
ONLY_PUBLISHER_OF: Final = {
    dataset: publishers[0] for dataset, publishers in _PUBLISHERS.items() if len(publishers) == 1
}

DATASET_OF_PUBLISHER: Final = {
    publisher: dataset for dataset, publishers in _PUBLISHERS.items() for publisher in publishers
}
