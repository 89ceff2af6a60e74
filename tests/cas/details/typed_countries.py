"""Names of countries and nationalities as people type them, and the codes that they mean.

A line is `CODES: names`, with commas between the names. Several codes are the countries that each name can mean.
"""

_LINES = """
AFG: afghanistan, Afghan, af, AFG, Islamic Republic of Afghanistan
ALA: Aland Islands, Åland
ALB: albanian, Shqipëri
AND: AND, Andorran
ARE: UAE, U.A.E., Emirati, the United Arab Emirates, Emirates
ARG: Argentine, Argentinian, Argentinean
ARM: Armenian
ATG: Antigua & Barbuda, Antigua, Antiguan
AUS: AU, Australian
AUT: Österreich, Austrian
AZE: Azeri, Azerbaijani
BGD: Bangladeshi, East Pakistan, BD
BHR: Bahraini
BHS: The Bahamas, Bahamian
BIH: Bosnia, Bosnia & Herzegovina, Bosnian, Bosnia-Herzegovina
BLM: St Barthelemy, Saint-Barthélemy
BLR: Belarusian, Byelorussia
BNO: BN(O), British National (Overseas), british national overseas
BOL: Bolivia (Plurinational State of), Bolivian
BRA: Brasil, Brazilian
BRB: Barbadian
BRN: Brunei Darussalam, Bruneian
BTC: BOTC
BWA: Motswana, Batswana
CAF: CAR, Central African Republic
CHE: Swiss, Schweiz, Suisse
CHN: Chinese, PRC, P.R. China, People's Republic of China, China, 中国, CN
CIV: Côte d'Ivoire, Cote dIvoire, CÔTE D’IVOIRE, Cote d Ivoire, Ivory Coast, the Ivory Coast, Ivorian, CI
CMR: Cameroun, Cameroonian
COD: DRC, DR Congo, D.R. Congo, Democratic Republic of the Congo, Democratic Republic of Congo, Congo-Kinshasa, Zaire
COD: Congo (Democratic Republic)
COG: Republic of the Congo, Republic of Congo, Congo-Brazzaville, Congo (Republic), Congo Brazzaville
COD COG: Congo, congolese
CPV: Cabo Verde, Cape Verde, Cape Verdean
CUW: curacao, Curaçao
CYP: Cypriot, Northern Cyprus
CZE: Czechia, Czech Republic, The Czech Republic, Czech
CZE SVK: Czechoslovakia
DEU: German, Deutschland, West Germany, East Germany, D.D.R.
DMA DOM: Dominican
DMA: Dominica, Commonwealth of Dominica
DNK: Danish, Danmark
DOM: Dominican Republic, the Dominican Republic
DZA: Algerian, Algérie
EGY: Egyptian, Arab Republic of Egypt
ESP: España, Espana, Spanish, Spaniard
ETH: Ethiopian, Abyssinia
FIN: Suomi, Finnish
FLK: Falklands, Falkland Islands (Malvinas)
FRA: French, FR, france, FRANCE
FSM: Federated States of Micronesia, Micronesia
GBR: UK, U.K., GB, gbr, Great Britain, Britain, British, England, english, Scotland, Scottish, Wales, Welsh
GBR: Northern Ireland, United Kingdom of Great Britain and Northern Ireland, the united kingdom
GEO: Georgia, Georgian
GGY JEY: Channel Islands
GIN: Guinea, Guinean, Guinée
GMB: The Gambia, Gambian
GNB: Guinea-Bissau, Guinea Bissau
GNQ: Equatorial Guinea, Equatorial Guinean
GRC: Greek, Hellenic Republic, Ελλάδα
GUF GUY: Guiana
HKG: Hong Kong, HK, Hong Kong SAR, Hongkong, Hong Konger
IMN: Manx, Isle of Man
IND: Indian, Bharat, भारत
IRL: Irish, Eire, Éire, Republic of Ireland, Southern Ireland
IRN: Iran, Iran (Islamic Republic of), Iranian, Persia
IRQ: Iraqi
ISL: Icelandic
ISR: Israeli
ITA: Italian
JPN: Japanese, Nippon, 日本
KAZ: Kazakh, Kazakhstani
KGZ: Kyrgyz, Kyrgyz Republic, Kirghizia
KHM: Kampuchea, Khmer, Cambodian
KNA: St Kitts and Nevis, St. Kitts & Nevis, Saint Kitts
KOR: South Korea, South Korean, Republic of Korea, R.O.K., Korea (Republic of)
PRK KOR: Korea, Korean
PRK: North Korea, DPRK, Democratic People's Republic of Korea
LAO: Laos, Lao PDR, Lao People's Democratic Republic, Laotian
LBN: Lebanese
LBY: Libyan, Libya
LCA: St Lucia, St. Lucia, Saint Lucian
LKA: Ceylon, Sri-Lanka, srilanka, Sri Lankan
LSO: Basotho, Mosotho
MAC: Macau, Macao, Macao SAR
MAF SXM: St Martin, Saint-Martin
SXM: Sint Maarten
MDA: Moldova, Republic of Moldova, Moldavia
MKD: Macedonia, North Macedonia, FYROM, Republic of North Macedonia
MMR: Burma, Myanmar, Burmese, Myanmar (Burma)
MYS: Malaysian, MY
NER: Niger, Nigerien, the Niger
NGA: Nigeria, Nigerian, nigeria, NG
NLD: Holland, the Netherlands, Dutch
NPL: Nepali, Nepalese
NZL: NZ, New Zealander, Aotearoa
PAK: Pakistani
PHL: Filipino, Filipina, Philippines, the Philippines, Philipines
PNG: Papua New Guinea, Papua New Guinean
PSE: Palestine, Palestinian, Palestinian Territories, State of Palestine, Gaza
REU: Reunion, Réunion
ROU: Romanian, Rumania
RUS: Russia, Russian, Russian Federation, Россия
SAU: KSA, Saudi, Saudi Arabian, Kingdom of Saudi Arabia
SDN: Sudan, Sudanese
SSD: South Sudan, South Sudanese
SGP: Singaporean
SGS: South Georgia
SLV: Salvadoran, Salvadorean
STP: São Tomé and Príncipe, Sao Tome & Principe, Sao Tome, ST
SUR: Surinam, Suriname, Dutch Guiana
SWZ: Swaziland, eSwatini, Swazi
SYR: Syria, Syrian, Syrian Arab Republic
TCD: Chad, Tchad
THA: Thai, Siam
TJK: Tajik
TLS: East Timor, Timor Leste, Timor-Leste
TTO: Trinidad, Trinidad & Tobago, Tobago, Trinidadian
TUR: Turkey, Türkiye, Turkiye, TÜRKİYE, Turkish
TWN: Taiwan, Taiwan ROC, Taiwanese, Republic of China, Chinese Taipei
TZA: Tanzania, Tanzanian, United Republic of Tanzania, Zanzibar
UKR: Ukraine, the Ukraine, Ukrainian
USA: USA, U.S.A., US, U.S., America, American, United States, the United States of America, the States
UZB: Uzbek
VAT: Vatican City, Holy See, the Vatican
VCT: St Vincent, St. Vincent & the Grenadines
VEN: Venezuela, Venezuela (Bolivarian Republic of), Venezuelan
VGB VIR: Virgin Islands
VGB: BVI, British Virgin Islands
VIR: US Virgin Islands, U.S. Virgin Islands, USVI
VNM: Viet Nam, Vietnam, Vietnamese, Việt Nam, viet-nam, VN
WSM: Samoa, Samoan, Western Samoa
ASM: American Samoa, American Samoan
XXA: Stateless
XXB XXC: refugee
XXK: Kosovo, Kosovar, Kosovan
YEM: Yemeni, South Yemen
ZAF: South Africa, South African, RSA
ZMB: Northern Rhodesia
ZWE: Rhodesia, Zimbabwean
BIH HRV XXK MNE MKD SRB SVN: Yugoslavia
ARM AZE BLR EST GEO KAZ KGZ LVA LTU MDA RUS TJK TKM UKR UZB: USSR, U.S.S.R., Soviet Union
"""

MEANT = {
    typed: codes.split()
    for codes, names in (line.split(": ") for line in _LINES.strip().splitlines())
    for typed in names.split(", ")
}
