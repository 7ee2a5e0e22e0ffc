#include "config.h"

#include "run/sandboxed.h"

#include "base/buffer.h"
#include "run/authorize.h"

#include <check.h>
#include <curl/curl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AUTHORIZE "https://oauth.employmenthero.com/oauth2/authorize"
#define TOKEN "https://oauth.employmenthero.com/oauth2/token"
#define CONTROL "https://oauth.employmenthero.com/.sandbox/control"

/* ---- Its process -------------------------------------------------------------------------------------- */

static void copy_member(char *out, size_t size, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	ck_assert_msg(text != NULL, "%s is missing", name);
	ck_assert_uint_lt(strlen(text), size);
	(void)snprintf(out, size, "%s", text);
}

static json_t *read_file(const struct sandboxed *sandboxed, const char *name)
{
	char path[400];

	(void)snprintf(path, sizeof path, "%s/%s", sandboxed->folder, name);
	return json_load_file(path, 0, NULL);
}

static void be_sandbox(const char *folder, const char *rotation)
{
	const char *top = getenv("top_builddir");
	char program[512];

	(void)snprintf(program, sizeof program, "%s/host/muster-sandbox", top ? top : ".");
	if (!freopen("/dev/null", "w", stdout))
		_exit(127);
	(void)execl(program, "muster-sandbox", "--dir", folder, "--limits", "0", "--rotation", rotation,
		(char *)NULL);
	_exit(127);
}

void sandboxed_start(struct sandboxed *out, const char *folder, const char *rotation)
{
	const struct timespec moment = { 0, 10000000 };
	json_t *ready, *credentials;

	*out = (struct sandboxed){ .pid = fork() };
	ck_assert_int_ge(out->pid, 0);
	if (out->pid == 0)
		be_sandbox(folder, rotation);
	(void)snprintf(out->folder, sizeof out->folder, "%s", folder);
	while (!(ready = read_file(out, "ready"))) {
		ck_assert_int_eq(waitpid(out->pid, NULL, WNOHANG), 0);
		(void)nanosleep(&moment, NULL);
	}
	copy_member(out->connect_to, sizeof out->connect_to, ready, "connect_to");
	copy_member(out->ca_file, sizeof out->ca_file, ready, "ca_file");
	credentials = read_file(out, "employment_hero.json");
	copy_member(out->client_id, sizeof out->client_id, credentials, "client_id");
	copy_member(out->client_secret, sizeof out->client_secret, credentials, "client_secret");
	copy_member(out->redirect_url, sizeof out->redirect_url, credentials, "redirect_url");
	json_decref(credentials);
	json_decref(ready);
}

void sandboxed_stop(struct sandboxed *sandboxed)
{
	int status;

	ck_assert_int_eq(kill(sandboxed->pid, SIGTERM), 0);
	ck_assert_int_eq(waitpid(sandboxed->pid, &status, 0), sandboxed->pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void sandboxed_settings(struct fetch_settings *out, const struct sandboxed *sandboxed)
{
	struct error error = { 0 };

	fetch_settings_init(out);
	out->ca_file = sandboxed->ca_file;
	ck_assert_msg(
		fetch_settings_connect_to(out, sandboxed->connect_to, &error) == 0, "%s", error.message);
}

/* ---- The person's browser ----------------------------------------------------------------------------- */

static size_t take(char *bytes, size_t size, size_t count, void *buffer)
{
	return buffer_append(buffer, bytes, size * count) == 0 ? size * count : 0;
}

/* POSTs a form: *redirect is where the answer leads, and *body what it says; both may be NULL. */
static void post(const struct sandboxed *sandboxed, const char *url, const char *form, long status,
	char **redirect, json_t **body)
{
	CURL *curl = curl_easy_init();
	struct buffer answer = BUFFER_INIT(1 << 20);
	struct curl_slist *connect_to = NULL;
	char pairs[sizeof sandboxed->connect_to], *target = NULL, *rest = pairs;
	long came = 0;
	CURLcode result;

	ck_assert_ptr_nonnull(curl);
	(void)snprintf(pairs, sizeof pairs, "%s", sandboxed->connect_to);
	for (char *pair; (pair = strsep(&rest, ",")) != NULL;)
		connect_to = curl_slist_append(connect_to, pair);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connect_to);
	(void)curl_easy_setopt(curl, CURLOPT_CAINFO, sandboxed->ca_file);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	result = curl_easy_perform(curl);
	ck_assert_msg(result == CURLE_OK, "%s: %s", url, curl_easy_strerror(result));
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &came);
	ck_assert_msg(came == status, "%s: %ld: %s", url, came, buffer_text(&answer));
	(void)curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &target);
	if (redirect)
		*redirect = strdup(target ? target : "");
	if (body)
		*body = json_loadb(answer.data, answer.length, 0, NULL);
	curl_slist_free_all(connect_to);
	curl_easy_cleanup(curl);
	buffer_wipe(&answer);
}

void sandboxed_control(const struct sandboxed *sandboxed, const char *form)
{
	post(sandboxed, CONTROL, form, 200, NULL, NULL);
}

/* The page's form holds the whole request as one word. */
static char *press_allow(const struct sandboxed *sandboxed, const char *url)
{
	const char *query = strchr(url, '?') + 1;
	size_t length = strlen(query);
	size_t size = sodium_base64_encoded_len(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *word = malloc(size), *form = malloc(size + 64), *redirect;

	ck_assert(word && form);
	(void)sodium_bin2base64(
		word, size, (const unsigned char *)query, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	(void)snprintf(form, size + 64, "request=%s&decision=allow", word);
	post(sandboxed, AUTHORIZE, form, 302, &redirect, NULL);
	free(word);
	free(form);
	return redirect;
}

static json_t *redeem(const struct sandboxed *sandboxed, const struct authorize *authorize,
	struct buffer *code, struct error *error)
{
	CURL *curl = curl_easy_init();
	char *redirect_url = curl_easy_escape(curl, sandboxed->redirect_url, 0);
	char *secret = curl_easy_escape(curl, sandboxed->client_secret, 0);
	char *escaped = curl_easy_escape(curl, buffer_text(code), 0);
	struct buffer form = BUFFER_INIT(1 << 16);
	json_t *answer;

	(void)error;
	ck_assert_int_eq(
		buffer_format(&form,
			"grant_type=authorization_code&code=%s&redirect_uri=%s&code_verifier=%s&client_id=%s"
			"&client_secret=%s",
			escaped, redirect_url, authorize->verifier, sandboxed->client_id, secret),
		0);
	post(sandboxed, TOKEN, buffer_text(&form), 200, NULL, &answer);
	curl_free(redirect_url);
	curl_free(secret);
	curl_free(escaped);
	curl_easy_cleanup(curl);
	buffer_wipe(&form);
	return answer;
}

struct account_token sandboxed_consent(struct sandboxed *sandboxed, const char *auth)
{
	const struct authorize_request request = { .authorize_url = AUTHORIZE,
		.client_id = sandboxed->client_id,
		.redirect_url = sandboxed->redirect_url };
	struct buffer url = BUFFER_INIT(AUTHORIZE_URL_MAX), code = BUFFER_INIT(AUTHORIZE_URL_MAX);
	struct account_token token = { .auth = auth };
	struct authorize authorize;
	struct error error = { 0 };
	char *redirect;
	json_t *answer;

	ck_assert_int_eq(authorize_begin(&authorize, &error), 0);
	ck_assert_msg(authorize_url(&url, &authorize, &request, &error) == 0, "%s", error.message);
	redirect = press_allow(sandboxed, buffer_text(&url));
	const struct authorize_expected expected = { .redirect_url = sandboxed->redirect_url,
		.state = authorize.state,
		.issuer = "https://oauth.employmenthero.com" };
	ck_assert_msg(authorize_judge(&code, &expected, redirect, &error) == 0, "%s", error.message);
	answer = redeem(sandboxed, &authorize, &code, &error);
	token.access_token = strdup(json_string_value(json_object_get(answer, "access_token")));
	token.refresh_token = strdup(json_string_value(json_object_get(answer, "refresh_token")));
	sandboxed->families++;
	json_decref(answer);
	free(redirect);
	buffer_wipe(&url);
	buffer_wipe(&code);
	return token;
}

void sandboxed_drop(struct account_token *token)
{
	free((char *)(uintptr_t)token->access_token);
	free((char *)(uintptr_t)token->refresh_token);
	*token = (struct account_token){ .auth = NULL };
}

/* ---- The ledger --------------------------------------------------------------------------------------- */

json_t *sandboxed_refreshes(const struct sandboxed *sandboxed, unsigned family)
{
	json_t *list = json_array();
	char path[400], *line = NULL;
	size_t size = 0;
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/ledger.ndjson", sandboxed->folder);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	while (getline(&line, &size, file) > 0) {
		json_t *entry = json_loads(line, 0, NULL);
		json_t *grant = json_object_get(entry, "grant");
		const char *type = json_string_value(json_object_get(grant, "type"));
		json_int_t of = json_integer_value(json_object_get(grant, "family"));
		if (type && strcmp(type, "refresh_token") == 0 && (family == 0 || of == (json_int_t)family))
			ck_assert_int_eq(json_array_append(list, grant), 0);
		json_decref(entry);
	}
	free(line);
	(void)fclose(file);
	return list;
}
