"""What columns are called that hold sensitive data, in the languages that schemas are written in.

`stems` are looked for anywhere in a name, `words` are whole words of it. `people` are kinds that say something of a
person only in a table of people: a shop has a latitude too.
"""

from __future__ import annotations

from dataclasses import dataclass

from sunset.catalogue.sensitivity.model import Class, Family


@dataclass(frozen=True, slots=True)
class Hint:
    """How columns of one kind are called.

    Attributes:
        kind, klass: as in a reason.
        stems, words: see the module.
        families: what such a column can hold.
        varied: whether two rows hardly ever have the same: a column of three values is none.
        of_people: whether the table or the rest of the name has to speak of people.
    """

    kind: str
    klass: Class
    stems: str
    words: str = ""
    families: tuple[Family, ...] = ("text",)
    varied: bool = True
    of_people: bool = False


_ANY: tuple[Family, ...] = ("text", "number", "date")

HINTS = (
    Hint(
        "password",
        "secret",
        "password passwd passphrase wachtwoord passwort kennwort motdepasse contrasena senha haslo 密码 密碼 口令 "
        "パスワード 비밀번호 пароль",
        "pwd pass",
        ("text",),
    ),
    Hint(
        "access key",
        "secret",
        "apikey secretkey accesskey privatekey clientsecret accesstoken refreshtoken authtoken bearertoken "
        "sessiontoken "
        "resettoken totpsecret 密钥",
        "secret token",
    ),
    Hint(
        "health, faith, origin or conviction",
        "special",
        "religion religie konfession ethnic diagnos medicalcondition medicalhistory medication pathology "
        "disease ziekte "
        "krankheit maladie enfermedad healthcondition healthstatus bloodtype bloodgroup bloedgroep blutgruppe "
        "disability "
        "behinderung sexualorientation politicalparty politicalview tradeunion unionmember vakbond gewerkschaft "
        "criminalrecord geneticdata biometric allerg pregnan 宗教 病历 诊断 血型 民族 疾病 "
        "病史 病歴 診断 血液型 종교 혈액형",
        "icd10 hiv",
        ("text", "number", "boolean"),
        varied=False,
    ),
    Hint(
        "e-mail address",
        "personal",
        "email mailadres mailaddress courriel correoelectronico 邮箱 邮件地址 電郵 メール 이메일 почта",
        "mail correo",
    ),
    Hint(
        "phone number",
        "personal",
        "telefoon telephone telefon telefono phone mobilenumber mobiel mobilnummer handynummer rufnummer msisdn "
        "puhelin "
        "电话 手机 電話 携帯 전화 телефон",
        "tel mobile fax gsm handy cell movil celular telefone",
        ("text", "number"),
    ),
    Hint(
        "name of a person",
        "personal",
        "firstname lastname surname fullname givenname familyname middlename maidenname forename voornaam achternaam "
        "tussenvoegsel roepnaam vorname nachname familienname prenom nomdefamille nomcomplet apellido nombrecompleto "
        "cognome sobrenome nazwisko efternavn efternamn fornavn fornamn etunimi sukunimi contactpersoon "
        "contactperson "
        "ansprechpartner 姓名 氏名 苗字 フリガナ 이름 성명 фамилия отчество",
        "initials voorletters imie nombres 姓 名 имя fname lname",
    ),
    Hint(
        "date of birth",
        "personal",
        "birth geboren geboorte geburt naissance nacimiento nascita nascimento "
        "syntym fodsel fodelse urodzenia 生日 出生 "
        "生年月日 생년월일 рожден",
        "dob bday born",
        _ANY,
    ),
    Hint(
        "postal address",
        "personal",
        "streetaddress homeaddress postaladdress mailingaddress addressline billingaddress shippingaddress "
        "straat strasse "
        "anschrift adresse adres indirizzo direccion endereco osoite woonplaats postcode postalcode zipcode "
        "postleitzahl "
        "codepostal codigopostal huisnummer hausnummer housenumber 住址 地址 住所 邮编 郵便番号 주소 адрес",
        "address street addr zip plz rue calle domicilio wohnort",
        ("text", "number"),
    ),
    Hint(
        "identity number",
        "personal",
        "socialsecurity burgerservicenummer nationalid nationalidentity passport paspoort reisepass passeport "
        "pasaporte "
        "rijbewijs driverlicense driverslicense driverslicence drivinglicence fuhrerschein taxid steuernummer "
        "steuerid "
        "sozialversicherung numerosecu codicefiscale personnummer personalausweis ausweisnummer identitycard "
        "henkilotunnus "
        "身份证 身分證 護照 护照 주민등록 여권 マイナンバー パスポート паспорт снилс",
        "ssn bsn nino dni nie cpf curp pesel nir cnp aadhaar hetu nhs insee rrn",
        ("text", "number"),
    ),
    Hint(
        "bank account or card",
        "personal",
        "iban bankaccount bankrekening rekeningnummer kontonummer bankverbindung cardnumber creditcard kreditkarte "
        "cartebancaire numerotarjeta 银行卡 银行账号 口座番号 계좌번호 카드번호",
        "pan cvv cvc ccnumber",
        ("text", "number"),
    ),
    Hint(
        "income",
        "personal",
        "salary salaris gehalt salaire salario stipendio wynagrodzenie inkomen "
        "einkommen 工资 薪资 薪水 給与 연봉 зарплата",
        "wage income",
        ("text", "number"),
        varied=False,
    ),
    Hint(
        "network or device address",
        "personal",
        "ipaddress ipaddr clientip remoteip remoteaddr macaddress deviceid advertisingid imei ip地址",
        "ip ipv4 ipv6",
        ("text", "number", "other"),
    ),
    Hint(
        "login",
        "personal",
        "username loginname userlogin gebruikersnaam benutzername nomdutilisateur nickname 用户名 ユーザー名 사용자명",
        "login nick",
    ),
    Hint(
        "gender, family or nationality",
        "personal",
        "gender geslacht geschlecht nationality nationaliteit staatsangehor nationalite nacionalidad maritalstatus "
        "burgerlijkestaat familienstand 性别 性別 성별 国籍 國籍 婚姻",
        "sex sexe sexo sesso",
        ("text", "number"),
        varied=False,
    ),
    Hint("name of a person", "personal", "naam 名称", "name nom nombre nome", of_people=True),
    Hint("place", "personal", "latitude longitude", "lat lng lon", ("text", "number"), of_people=True),
    Hint("age", "personal", "", "age leeftijd alter edad", ("text", "number"), varied=False, of_people=True),
)

PEOPLE = (
    "customer client klant kunde cliente klient person people persoon personne persona user gebruiker benutzer "
    "utilisateur "
    "usuario employee medewerker mitarbeiter employe empleado staff contact patient member mitglied membre "
    "miembro student "
    "leerling schuler eleve alumno author applicant candidate sollicitant bewerber guest passenger driver subscriber "
    "beneficiary donor tenant resident citizen holder owner recipient sender colleague "
    "客户 客戶 用户 用戶 会员 員工 员工 联系人 患者 学生 顧客 社員 고객 회원 직원"
)
"""What tables of people are called."""

# Behind a kind's name these say that the column is about it, and does not hold it.
ABOUT = (
    "id ids count cnt type kind status state template templates model models verified confirmed valid validated "
    "enabled "
    "disabled active flag at sent format version field label length size required optin optout opt allowed "
    "changed expires "
    "expiry expired reset attempts policy hint domain subject provider campaign list category score class body count "
    "usage limit bounces bounced opened clicked rate support supported mask strength prefix title"
)
# What a number is called that only looks like a person's.
OTHERS = (
    "isbn issn ean gtin upc sku order bestel auftrag commande pedido invoice rechnung factuur facture article "
    "artikel "
    "product version release build revision serial batch tracking shipment "
    "parcel zending epoch timestamp checksum sha md5 hash "
    "uuid guid transaction reference barcode kvk siren siret vat btw ust duns lei isin 订单 编号 产品"
)
