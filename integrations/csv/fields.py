# ruff: noqa: E501 - tables of words
"""What a column can mean: the fields of each kind of file, with the headers that suggest them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    ORDERS = "orders"
    CUSTOMERS = "customers"
    EVENTS = "events"


@dataclass(frozen=True)
class Field:
    """One meaning. `reads` names how its cells are read (reading them: columns.py)."""

    key: str
    label: str
    reads: str
    synonyms: str = ""  # folded, without spaces and signs; separated by blanks
    group: str = "Order"
    help: str = ""


PERSON = [
    Field("customer_id", "Customer id", "id",
          "customerid customer custid clientid client userid user memberid kundennummer kundennr kunde kundenid "
          "idclient numeroclient clienteid cliente idcliente klantnummer klant accountid buyerid", "Customer"),
    Field("email", "E-mail", "email",
          "email emailaddress mail customeremail useremail emailadresse courriel correo correoelectronico", "Customer"),
    Field("phone", "Phone", "phone",
          "phone phonenumber telephone mobile billingphone telefon telefono tel", "Customer"),
    Field("name", "Whole name", "name",
          "customername fullname billingname kundenname nomclient nombrecliente", "Customer"),
    Field("first_name", "First name", "text:200", "firstname givenname vorname prenom nombre nome", "Customer"),
    Field("last_name", "Last name", "text:200",
          "lastname surname familyname nachname nom apellido apellidos cognome", "Customer"),
    Field("country", "Country", "country",
          "country countrycode billingcountry shippingcountry land pays pais paese", "Customer"),
    Field("region", "Region", "folded:100",
          "region state province billingprovince bundesland billingprovincename provincia", "Customer"),
    Field("city", "City", "folded:100", "city town billingcity stadt ort ville ciudad citta plaats", "Customer"),
    Field("postal_code", "Postal code", "text:32",
          "postalcode postcode zip zipcode billingzip plz codepostal codigopostal cap", "Customer"),
    Field("language", "Language", "language", "language lang locale sprache langue idioma lingua", "Customer"),
]  # fmt: skip

ORDERS = [
    Field("number", "Order number", "order",
          "ordernumber orderid orderno order invoiceno invoice invoicenumber invoiceid receiptno receiptid "
          "transactionid bestellnummer bestellung auftragsnummer rechnungsnummer belegnummer "
          "numerocommande commande facture numerodepedido pedido factura ordine bestelnummer"),
    Field("placed_at", "Date and time", "moment",
          "orderdate date invoicedate createdat placedat orderedat datetime timestamp purchasedate "
          "transactiondate orderdatetime created bestelldatum datum rechnungsdatum datecommande "
          "fecha fechapedido data besteldatum orderpurchasetimestamp orderplacedat"),
    Field("total", "Total", "money",
          "total ordertotal amount totalamount revenue sales totalprice grandtotal value ordervalue "
          "betrag gesamt gesamtbetrag summe umsatz montant importe importo bedrag totaal ordervalue paymentvalue"),
    Field("subtotal", "Subtotal (items after discounts)", "money", "subtotal itemstotal netamount zwischensumme"),
    Field("discount_total", "Discount", "money", "discountamount discount totaldiscount rabatt remise descuento sconto"),
    Field("discount_codes", "Discount codes", "list:255", "discountcode discountcodes coupon couponcode gutschein promocode"),
    Field("tax_total", "Tax", "money", "taxes tax totaltax vat mwst tva iva"),
    Field("shipping_total", "Shipping", "money", "shipping shippingcost shippingtotal freight versand versandkosten"),
    Field("currency", "Currency", "currency", "currency currencycode wahrung devise moneda valuta"),
    Field("refunded", "Refunded amount", "money", "refundedamount refunded refund refundamount"),
    Field("refunded_at", "Refund date", "moment", "refundedat refunddate"),
    Field("cancelled_at", "Cancelled at", "moment", "cancelledat canceledat cancellationdate storniertam"),
    Field("financial_status", "Payment status", "text:32", "financialstatus paymentstatus"),
    Field("fulfillment_status", "Fulfilment status", "text:32", "fulfillmentstatus fulfilmentstatus shippingstatus"),
    Field("fulfilled_at", "Fulfilled at", "moment", "fulfilledat fulfillmentdate shippedat versandtam"),
    Field("is_test", "Test order", "yes_no", "test istest"),
    Field("store", "Store", "text:100", "store storeid shop branch location filiale storename"),
    Field("channel", "Channel", "text:100", "channel saleschannel kanal canal orderchannel"),
    Field("source_name", "Source", "text:100", "source sourcename utmsource"),
    Field("app", "App", "text:100", "app appname"),
    Field("order_tags", "Order tags", "list:255", "tags ordertags"),
    Field("updated_at", "Changed at", "moment", "updatedat modifiedat lastmodified changedat"),
    Field("product", "Product", "folded:255",
          "description product productname item itemname lineitemname productdescription title artikel "
          "artikelbezeichnung produkt produktname produit producto prodotto", "Line"),
    Field("sku", "SKU", "text:128",
          "sku stockcode productid productcode itemid lineitemsku artikelnummer articleid reference", "Line"),
    Field("category", "Category", "folded:255",
          "category productcategory producttype type subcategory kategorie categorie categoria", "Line"),
    Field("vendor", "Vendor", "text:255", "vendor brand manufacturer hersteller marke marque marca", "Line"),
    Field("quantity", "Quantity", "quantity",
          "quantity qty units lineitemquantity menge anzahl quantite cantidad quantita aantal", "Line"),
    Field("price", "Unit price", "money",
          "unitprice price itemprice lineitemprice einzelpreis preis stuckpreis prixunitaire prix precio "
          "preciounitario prezzo prijs", "Line"),
    Field("line_discount", "Line discount", "money", "linediscount lineitemdiscount itemdiscount", "Line"),
    Field("line_total", "Line amount", "money", "linetotal lineamount linerevenue positionsbetrag extendedprice", "Line"),
    Field("unit_cost", "Unit cost", "money", "unitcost cost costprice cogs einkaufspreis", "Line"),
    *PERSON,
]  # fmt: skip

CUSTOMERS = [
    *PERSON,
    Field("birthday", "Birthday", "day", "birthday birthdate dateofbirth dob geburtstag geburtsdatum", "Customer"),
    Field("customer_since", "Customer since", "moment",
          "customersince createdat created registeredat signupdate joined joindate", "Customer"),
    Field("latitude", "Latitude", "latitude", "latitude lat", "Customer"),
    Field("longitude", "Longitude", "longitude", "longitude lng lon long", "Customer"),
    Field("email_consent", "E-mail consent", "consent",
          "acceptsemailmarketing acceptsmarketing emailconsent emailmarketing newsletter emailoptin", "Consent"),
    Field("email_consent_at", "E-mail consent since", "moment", "emailconsentat", "Consent"),
    Field("sms_consent", "SMS consent", "consent", "acceptssmsmarketing smsconsent smsoptin", "Consent"),
    Field("sms_consent_at", "SMS consent since", "moment", "smsconsentat", "Consent"),
    Field("communication_channel", "Preferred channel", "text:32", "communicationchannel preferredchannel", "Consent"),
    Field("tags", "Tags", "tags", "tags customertags labels", "Loyalty"),
    Field("is_vip", "VIP", "yes_no", "vip isvip", "Loyalty"),
    Field("loyalty_tier", "Loyalty tier", "folded:64", "loyaltytier tier level loyaltylevel", "Loyalty"),
    Field("loyalty_points", "Loyalty points", "points", "loyaltypoints points", "Loyalty"),
    Field("reviews_count", "Reviews", "count", "reviewscount reviews", "Loyalty"),
    Field("referrals_count", "Referrals", "count", "referralscount referrals", "Loyalty"),
    Field("follows_social", "Follows on social media", "yes_no", "followssocial social", "Loyalty"),
    Field("updated_at", "Changed at", "moment", "updatedat modifiedat lastmodified changedat"),
]  # fmt: skip

EVENTS = [
    Field("event", "Event", "event", "event eventname name type action activity", "Event"),
    Field("occurred_at", "Date and time", "moment",
          "occurredat timestamp date datetime time eventtime createdat eventdate", "Event"),
    Field("event_id", "Event id", "event_id", "eventid id uuid messageid", "Event"),
    *PERSON[:2],
]  # fmt: skip

FIELDS = {Kind.ORDERS: ORDERS, Kind.CUSTOMERS: CUSTOMERS, Kind.EVENTS: EVENTS}
# Columns beyond the fields: custom attributes of customers, properties of events.
ATTRIBUTE, PROPERTY = "attr.", "prop."


def field(kind: str, key: str) -> Field:
    """Return the field of that key; raise KeyError."""
    return next(each for each in FIELDS[Kind(kind)] if each.key == key)
