# ruff: noqa: E501 - tables of words
"""Countries by the names files write: English from the time zone database, others listed here."""

from functools import cache
from importlib.resources import files

from commerce.text import fold
from integrations.csv.values import Refused

_MORE = """
GB:united kingdom,uk,great britain,england,scotland,wales,northern ireland,gbr,vereinigtes königreich,royaume-uni,reino unido,regno unito
US:usa,united states of america,u.s.a.,u.s.,america,vereinigte staaten,états-unis,estados unidos,stati uniti
IE:eire,irl,republic of ireland,irland,irlande,irlanda
DE:deutschland,allemagne,alemania,germania,deu,ger,duitsland
FR:frankreich,francia,fra,frankrijk
ES:españa,spanien,espagne,spagna,esp
IT:italien,italia,italie,ita
NL:nederland,holland,the netherlands,niederlande,pays-bas,países bajos,nld
AT:österreich,autriche,aut
CH:schweiz,suisse,svizzera,che
BE:belgique,belgië,belgien,bel
PT:prt
PL:polska,polen,pologne,pol
SE:sverige,schweden,suède,swe
DK:danmark,dänemark,danemark,dnk
NO:norge,norwegen,norvège,nor
FI:suomi,finnland,finlande,fin
CZ:czech republic,czechia,tschechien,cze
SK:slovak republic
GR:hellas,griechenland,grèce,grc
TR:türkiye,türkei,turquie,tur
RU:russian federation,russland,russie
ZA:rsa,south africa,zaf,südafrika
AE:uae
KR:south korea,korea,republic of korea,kor
KP:north korea
CN:china,prc,people's republic of china,chn
HK:hong kong sar
JP:jpn,日本
AU:aus,australien,australie
NZ:nzl
CA:can,kanada
BR:brasil,bra,brasilien,brésil
MX:méxico,mex,mexiko,mexique
IN:ind,indien,inde
VN:viet nam
TW:taiwan, province of china
BA:bosnia and herzegovina
CI:ivory coast,côte d'ivoire
MD:republic of moldova
MK:macedonia
MM:burma
CD:democratic republic of the congo
CG:republic of the congo
"""
# Words that say there is no country: nothing is known then, and nothing is wrong.
_NONE = {"unspecified", "unknown", "n/a", "na", "none", "-", "other", "european community", "eu"}


@cache
def names() -> dict[str, str]:
    """Return code by folded name or code."""
    found: dict[str, str] = {}
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, name = line.split("\t")
            found[fold(code)] = code
            found.setdefault(fold(name), code)
            found.setdefault(fold(name.replace("&", "and").replace("St ", "Saint ")), code)
    for line in _MORE.strip().splitlines():
        code, more = line.split(":")
        found |= {fold(name): code for name in more.split(",")}
    return found


def country(cell: str) -> str | None:
    """Read a country; places that are none on their own (Channel Islands) are left blank."""
    folded = fold(cell)
    if folded in _NONE or folded == "channel islands":
        return None
    try:
        return names()[folded]
    except KeyError:
        raise Refused(f"“{cell[:60]}” is no country we know (a name or a code like GB)") from None


def country_or_nothing(cell: str) -> str | None:
    """Read a country beside an order: an unknown one is left blank, for the order still counts."""
    return names().get(fold(cell))
