"""Networks of the literature to compare LEAD with, trained by the same code.

Each maps what LEAD's base forecast sees, but for its spans, to quantiles of every OD pair (models/compare/forecast.py); models/compare/
predictor.py makes joint samples of them. models/compare/pure_lead.py is the paper's LEAD. Trained and exported by
models/train_compare.py.
"""
from models.compare.convlstm import ConvLstm
from models.compare.dcrnn import Dcrnn
from models.compare.dlinear import DLinear
from models.compare.gman import Gman
from models.compare.gru import Gru
from models.compare.lstm import Lstm
from models.compare.mlp import Mlp
from models.compare.mtgnn import Mtgnn
from models.compare.stgcn import Stgcn
from models.compare.tsmixer import TsMixer

NETWORKS = {"mlp": Mlp, "lstm": Lstm, "gru": Gru, "dlinear": DLinear, "tsmixer": TsMixer, "stgcn": Stgcn,
            "dcrnn": Dcrnn, "mtgnn": Mtgnn, "gman": Gman, "convlstm": ConvLstm}
