"""In which language a message is written: by its script, or by the small words of a language.

Only what matters here is told apart: English from all else, and the languages of the borough from
each other. A short text without any known word is taken for English; one that is half in another
language is in that one.
"""

import unicodedata
from collections import Counter

from django.utils.translation import gettext, gettext_noop

from engagement.words import words_of

ENGLISH = "en"
UNKNOWN = "und"
SYLHETI = "syl"  # Sylheti or Bengali in Latin letters

NAMES = {
    "ar": gettext_noop("Arabic"),
    "bn": gettext_noop("Bengali"),
    "el": gettext_noop("Greek"),
    "en": gettext_noop("English"),
    "es": gettext_noop("Spanish"),
    "fr": gettext_noop("French"),
    "he": gettext_noop("Hebrew"),
    "hi": gettext_noop("Hindi"),
    "it": gettext_noop("Italian"),
    "ja": gettext_noop("Japanese"),
    "ko": gettext_noop("Korean"),
    "lt": gettext_noop("Lithuanian"),
    "pa": gettext_noop("Punjabi"),
    "pl": gettext_noop("Polish"),
    "pt": gettext_noop("Portuguese"),
    "ro": gettext_noop("Romanian"),
    "ru": gettext_noop("a language in Cyrillic letters"),
    "so": gettext_noop("Somali"),
    "sq": gettext_noop("Albanian"),
    "syl": gettext_noop("Sylheti or Bengali in Latin letters"),
    "ta": gettext_noop("Tamil"),
    "th": gettext_noop("Thai"),
    "tr": gettext_noop("Turkish"),
    "und": gettext_noop("a language that was not recognised"),
    "vi": gettext_noop("Vietnamese"),
    "zh": gettext_noop("Chinese"),
}

SCRIPTS = {
    "BENGALI": "bn",
    "ARABIC": "ar",
    "DEVANAGARI": "hi",
    "GURMUKHI": "pa",
    "TAMIL": "ta",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
}

# Small words, as they are after accents are taken off. Those that English has too are left out.
SMALL_WORDS = {
    ENGLISH: """
        the of to and in is was it that for you with on my are this have not but be they we had has
        she her his our your from by or an when what there were been which their would can will
        could should who how me them get got about very no all if out so up do did dont im ive
        please need want more than because after before any some just only does doesnt cant wont
        thank thanks where why am at as i he went go going still never always too every day long
        time wait waiting help know told said see call called phone good bad great poor better
        appointment doctor hospital nurse gp ae surgery clinic u r ur pls plz dat cos wiv thx
    """,
    "so": """
        waa waxaan waxay wuxuu waxa iyo ayaa oo ku ka la aan maya haa anigu aniga caafimaad
        caafimaadka dhakhtar dhakhtarka isbitaal isbitaalka isbitalka carruurta ilmaha hooyo aabo
        hooyaday aabahay mahadsanid fadlan balan ballan ballanta sugay sugayaa ma mana waan weli
        ayay inaan inay laakiin sababtoo aad badan wakhti waqti maalin bilood saacadood
        caawimaad caawimo luqadda turjumaan turjubaan uma baahanahay baahan qof dadka halkan xanuun
        xanuunka
        buka jiran jirran xaafadda xafiiska uur leh lahayn kuma igu iga iigu iigama noo nala lama
        adeegga daryeel daryeelka guriga wiilkayga gabadhayda xaaskayga dawo daawo
        ilmahaygu ilmahayga wuu way kuwa yahay tahay yihiin imanin yimid tagay xanuunsan aniga
        kalkaaliso kalkaalisada caafimaadkana iskuul dugsi soo iyada isaga kadib
        soomaali afsoomaali ingiriisi ingiriisiga fahmin fahmo waydiiyey
        waxaanu yiri yidhi tiri yiraahdeen sheegay sheegeen habeen dhan walba maalinba subax
        subaxdii galab galabtii hooyadayda walaalkay walaashay inanta inanka carruurtayda wiilka
        gabadha ninkayga ninka maxaan maxaad maxay sidee goorma halkee xagee dhaqtar dhaqtarka
        daawada qalliin qalliinka baaritaan joogto joogtaa jooga joogin cidna wacay wacnay waayay
        waayey helin helay karin karo lacag gurigayga hadda shalay berri maanta caawa todobaad
        toddobaad sanad sannad saac dilayaa cabsanayaa baqayaa jirto jirin iga naga idinka adeegga
        turjumaanka warqad warqadda kii gii ilaa isla kaliya
    """,
    SYLHETI: """
        ami amar amare amra amrar tumi tomar tumar afnar apnar afne apni apnara he tai tara hera
        ekta ekhta ekjon ekhan ekhano ekhane kita kitar keno kene kemne kilakhan koi kuno kono
        kunu nai naai nay nah oy hoy oise hoise korsi korchi korsoin korte khorte kortam korbo korba
        daktar daktaar daktor dakhtor doctoror hashpatal haspatal hospitalo oshudh oshud oushod
        fua furi fuain bachcha baccha amma abba ammar abbar bhai bon sasha
        shomoy somoy onek onekh bala bhalo valo balo khub khoub kub bohut boisi dhoira dhore
        diya dise dite disoin lagi lagbe lagche lage laage jonno jonne jonyo asi ase achhe ache
        asoin aisi aise gechi gesi gelam jaite jai jaini bujhi buji bujhina bujina bujina
        partasi parsi fari farina parina pari thaki thaka shahajjo shahajyo sahajjo doya dhonnobad
        shokal bikal rait raat din mash maash hafta bosor bochor koita koto ghonta
        bangla sylheti kotha khotha matha betha bisham oshukh oshusto oshushto biman bemar
        bemari shorir gorom tanda ingreji ingrezi engreji lekha
        ghor ghoro gor goro fon furan manush mainshor manshor moto khali sobai shobai tarar
        karone kintu ar ebong ba na
        bolse bolsen bolsoin bolen bollo bolte koisla koilo koila koin koise koisoin khoise kalke
        ajke azke gotokal ekhono akhono dhoriya dhori dhorse kortesi kortese korteso koren korbe
        kori khoro khorsi khorra porte parena parsi partesi paren pathan pathao dorkar dorkari onar
        unar tader amader tomader amaderke amare tomare kharap karap kosto koshto onekdin kotodin
        uthte uthta upore niche farra fairam fairamna parlam keu kew kharo karo sathe loge paise
        paisi paitesi paisena disoin dilo gesoin gelo gese hobe hoye hoyni hoina oilo oibo oitese
        aiben aibo aisoin ashbe ashen ashe asen hofta shoptah boyosh raite raitkur ghum ghumaite
        shanti matmu maat khotato dekhsoin dekhte dekhsi dekhao doctoror daktorer amrare jamai
        bacchain thakoin thake thakte khamo khaite khaise poisa taka bashay bari bujhina
    """,
    "es": """
        el los las una unos que por para con pero muy mi su es esta estoy soy tengo cita medico
        gracias hospital hola necesito ayuda hace dias semanas porque cuando donde
        tambien mas del al yo nadie desde hasta espera esperando mucho nada
    """,
    "fr": """
        le les des une je suis est pas pour avec mais tres mon ma mes nous vous dans sur qui que
        rendez medecin hopital merci bonjour besoin depuis il elle du au aux cette ai jai cest ne
        attendu sans plus personne
    """,
    "it": """
        il lo gli una sono per con ma molto mio mia che non di della dello ho abbiamo dal alla
        appuntamento medico ospedale grazie buongiorno aiuto perche quando anche piu ore nessuno
        aspettato sto
    """,
    "pt": """
        os as uma nao que por para com mas muito meu minha eu estou tenho do da dos das consulta
        medico obrigado obrigada ola preciso ajuda porque quando mais ninguem espera semanas meses
    """,
    "pl": """
        nie jest sie na do ze jak ale dla mam moj moja przez lekarz lekarza szpital szpitalu wizyta
        wizyte dziekuje prosze dzien dobry jestem bardzo tylko czekam czekalem czekalam od po juz
        moje mi ktory tego tym co godzin dziecko
    """,
    "ro": """
        si nu este sunt pentru cu dar foarte mea meu am la din ca pe care programare medic spital
        multumesc buna ziua va rog ajutor asteptat ore nimeni
    """,
    "tr": """
        ve bir bu icin cok ben benim var yok degil ile ama ne daha doktor randevu hastane tesekkur
        merhaba yardim lutfen bekledim gun kadar
    """,
    "lt": "ir yra ne kad bet mano labai gydytojas ligonine aciu prasau reikia as man del",
    "sq": "dhe eshte nuk per por shume mjeku spitali faleminderit ju lutem une kam ne nga te",
    "vi": "va la cua toi khong co cho voi nhung rat bac si benh vien cam on xin chao",
}
LANGUAGES_OF = {}
for _language, _words in SMALL_WORDS.items():
    for _word in _words.split():
        LANGUAGES_OF.setdefault(_word, set()).add(_language)

FEWEST = 2  # small words by which a language is recognised
FEWEST_OF_HALF = 3  # different ones, beside English: “phone korsi, keu dhore na, please help”
SHARE_OF_HALF = 0.12  # of all words
OTHER_SCRIPT = 0.2  # of the letters


def language_of(text, words=None):
    """The code of the language that a text is written in."""
    if not text.isascii():
        found = by_script(text)
        if found:
            return found
    words = words_of(text) if words is None else words
    counted = Counter()
    for word in words:
        languages = LANGUAGES_OF.get(word.written, ())
        for language in languages:
            # A word that English shares says little of the other language.
            counted[language] += 1 if language == ENGLISH or ENGLISH not in languages else 0.25
    english = counted.pop(ENGLISH, 0)
    if not counted:
        return ENGLISH
    best, number = max(counted.items(), key=lambda pair: pair[1])
    if number >= FEWEST and number > 1.3 * english:
        return best
    return best if number >= FEWEST_OF_HALF and is_half_in(best, words) else ENGLISH


def is_half_in(language, words):
    """Whether so much of an English text is in this language that who reads it must know both."""
    its_own = {language}
    found = [word.written for word in words if LANGUAGES_OF.get(word.written) == its_own]
    return len(set(found)) >= FEWEST_OF_HALF and len(found) >= SHARE_OF_HALF * len(words)


def is_partly_english(words):
    """Whether there is enough English in a text that its words tell anything."""
    own = {ENGLISH}
    return len({word.written for word in words if LANGUAGES_OF.get(word.written) == own}) >= (
        FEWEST_OF_HALF
    )


def by_script(text):
    """The language of the script that a good part of the letters is in, if not the Latin one."""
    scripts, letters = Counter(), 0
    for character in text[:2000]:
        if character.isalpha():
            letters += 1
            if character > "\u036f":
                scripts[unicodedata.name(character, "").partition(" ")[0]] += 1
    known = [(number, script) for script, number in scripts.items() if script in SCRIPTS]
    number, script = max(known, default=(0, ""))
    return SCRIPTS[script] if letters and number >= OTHER_SCRIPT * letters else None


def name_of(code):
    """A language inside a sentence, in the language of the reader."""
    return gettext(NAMES[code]) if code in NAMES else code
