#include "config.h"

#include "sandbox/people.h"

#include <inttypes.h>
#include <time.h>

#define NAMES 6

struct script {
	const char *given[NAMES];
	const char *latin[NAMES];
	const char *family[NAMES];
};

static const struct script scripts[] = {
	/* Latin */
	{ { "Olivia", "James", "Amelia", "Noah", "Mary Ann", "Sean" },
		{ "olivia", "james", "amelia", "noah", "maryann", "sean" },
		{ "Smith", "O'Brien", "Clarke-Jones", "Okafor", "van der Merwe", "MacDonald" } },
	/* Latin with accents */
	{ { "Zoë", "Søren", "Łucja", "Ağca", "José", "Þóra" },
		{ "zoe", "soeren", "lucja", "agca", "jose", "thora" },
		{ "Müller", "Dvořák", "Çelik", "Nuñez", "Åström", "Ødegård" } },
	/* Vietnamese; the last with combining marks, as some keyboards write them */
	{ { "Thị Hương", "Văn Đức", "Ngọc Ánh", "Quốc Việt", "Mỹ Linh", "Tha\xCC\x80nh" },
		{ "huong", "duc", "anh", "viet", "linh", "thanh" },
		{ "Nguyễn", "Trần", "Phạm", "Đặng", "Võ", "Hoàng" } },
	/* Greek */
	{ { "Ελένη", "Γιώργος", "Κατερίνα", "Νίκος", "Δήμητρα", "Ιωάννης" },
		{ "eleni", "giorgos", "katerina", "nikos", "dimitra", "ioannis" },
		{ "Παπαδόπουλος", "Νικολάου", "Γεωργίου", "Κωνσταντίνου", "Βασιλείου", "Οικονόμου" } },
	/* Cyrillic */
	{ { "Анна", "Дмитро", "Љубица", "Сергей", "Їванна", "Борислав" },
		{ "anna", "dmytro", "ljubica", "sergey", "yivanna", "borislav" },
		{ "Иванова", "Шевченко", "Ђорђевић", "Кузнецов", "Петров", "Ґедз" } },
	/* Arabic, right to left */
	{ { "فاطمة", "محمد", "ليلى", "يوسف", "مريم", "عمر" },
		{ "fatima", "mohammed", "layla", "yusuf", "maryam", "omar" },
		{ "الخوري", "حسن", "النجار", "بن علي", "العلي", "منصور" } },
	/* Hebrew, right to left */
	{ { "נועה", "דוד", "תמר", "יוסף", "שרה", "אורי" },
		{ "noa", "david", "tamar", "yosef", "sarah", "uri" },
		{ "כהן", "לוי", "מזרחי", "פרץ", "ביטון", "אברהם" } },
	/* Devanagari */
	{ { "प्रिया", "अर्जुन", "कृष्णा", "आरव", "लक्ष्मी", "राहुल" },
		{ "priya", "arjun", "krishna", "aarav", "lakshmi", "rahul" },
		{ "शर्मा", "पटेल", "गुप्ता", "सिंह", "श्रेष्ठ", "वर्मा" } },
	/* Thai */
	{ { "สมชาย", "นภัสสร", "กิตติ", "พิมพ์ชนก", "อรุณ", "วรรณา" },
		{ "somchai", "naphatsorn", "kitti", "pimchanok", "arun", "wanna" },
		{ "แสงทอง", "วงศ์สุวรรณ", "ศรีสุข", "บุญมา", "จันทร์เพ็ญ", "ทองดี" } },
	/* Han, one name outside the Basic Multilingual Plane */
	{ { "小明", "欣怡", "伟", "子涵", "𠮷平", "美玲" },
		{ "xiaoming", "xinyi", "wei", "zihan", "kippei", "meiling" },
		{ "王", "李", "张", "欧阳", "陳", "劉" } },
	/* Hangul */
	{ { "지우", "민준", "서연", "하준", "수빈", "예은" },
		{ "jiwoo", "minjun", "seoyeon", "hajun", "subin", "yeeun" },
		{ "김", "이", "박", "최", "정", "남궁" } },
	/* Kana */
	{ { "さくら", "ひろし", "ゆい", "ケンジ", "アンナ", "みどり" },
		{ "sakura", "hiroshi", "yui", "kenji", "anna", "midori" },
		{ "たなか", "サトウ", "すずき", "わたなべ", "コバヤシ", "いとう" } },
	/* Georgian */
	{ { "ნინო", "გიორგი", "თამარ", "ლევან", "ანა", "დავით" },
		{ "nino", "giorgi", "tamar", "levan", "ana", "davit" },
		{ "ბერიძე", "კაპანაძე", "გელაშვილი", "მაისურაძე", "ლომიძე", "წიკლაური" } },
};

#define SCRIPTS (sizeof scripts / sizeof scripts[0])

static const char *const nicknames[] = { "Gilfoyle", "Sam \"The Rock\"", "Ana 🚀", "J\\R", "Zoë/Zo",
	"👩‍💻 Max", "Tab\there", "Nell", "ß", "Ada <b>", "Ravi 🇮🇳", "Kim & Co" };

uint64_t people_dice(uint64_t index, uint64_t salt)
{
	uint64_t x = (index + 1) * UINT64_C(0x9E3779B97F4A7C15) + salt * UINT64_C(0xD1B54A32D192ED03);

	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	return x ^ (x >> 31);
}

void people_get(struct person *out, uint64_t index)
{
	uint64_t person = index % PEOPLE_COUNT;
	/* Half of them plain Latin, and every script among any 26 neighbours. */
	const struct script *script = &scripts[person % 2 ? person / 2 % SCRIPTS : 0];
	size_t given = people_dice(person, 1) % NAMES;

	out->given = script->given[given];
	out->latin = script->latin[given];
	out->family = script->family[people_dice(person, 2) % NAMES];
	out->preferred =
		people_dice(person, 3) % 5 == 0
			? nicknames[people_dice(person, 4) % (sizeof nicknames / sizeof nicknames[0])]
			: NULL;
	out->start = PEOPLE_EPOCH - 4000 + (int64_t)(people_dice(person, 13) % 4900);
	out->birth = out->start - 20 * 365 - (int64_t)(people_dice(person, 14) % 14000);
	out->end = people_dice(person, 17) % 9 == 0 ? out->start + 90 + (int64_t)(person % 900) : 0;
}

int people_time(struct buffer *out, int64_t seconds, const char *zone)
{
	time_t time = (time_t)seconds;
	struct tm parts;

	if (!gmtime_r(&time, &parts))
		return -1;
	return buffer_format(out, "%04d-%02d-%02dT%02d:%02d:%02d%s", parts.tm_year + 1900, parts.tm_mon + 1,
		parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, zone);
}

int people_date(struct buffer *out, int64_t days)
{
	if (people_time(out, days * 86400, "") < 0)
		return -1;
	out->length -= 9; /* THH:MM:SS */
	return 0;
}
