#include "config.h"

#include "cli/browser.h"
#include "cli/joining.h"
#include "cli/output.h"
#include "cli/prompt.h"
#include "run/loopback.h"

#include <stdio.h>
#include <string.h>

enum { WAIT_S = 600, WAIT_MAX_S = 86400 };

static void show_page(const char *url)
{
	(void)fprintf(stderr, "Open this page and allow the access:\n\n  ");
	output_text(stderr, OUTPUT_PLAIN, url);
	(void)fputs("\n\n", stderr);
}

static void on_redirected(void *context, const char *url)
{
	struct joining *joining = context;
	struct error error = { 0 };
	bool lost = buffer_append_text(&joining->redirected, url) < 0;

	if (lost)
		(void)error_memory(&error);
	session_end(&joining->session, lost ? &error : NULL);
}

static void on_patience(uv_timer_t *timer)
{
	struct joining *joining = timer->data;
	struct error error = { 0 };

	(void)error_set(&error, ERROR_DEADLINE_PASSED, "Nobody came back from the page in time.");
	(void)error_hint(&error, "Allow more with --wait SECONDS, or use 'muster link --start'.");
	session_end(&joining->session, &error);
}

/* The browser of this machine comes back to a port of this machine. */
static int consent_by_listening(
	struct joining *joining, struct buffer *redirect, const char *registered, struct error *error)
{
	struct loopback *loopback = NULL;
	struct buffer url = BUFFER_INIT(AUTHORIZE_URL_MAX);
	uint64_t wait_s;
	int result = -1;

	if (arguments_number(&wait_s, joining->arguments, "wait", 1, WAIT_MAX_S, WAIT_S, error) < 0 ||
		loopback_new(&loopback, &joining->session.loop, registered, on_redirected, joining, error) <
			0)
		goto out;
	session_begin(&joining->session);
	if (buffer_append_text(redirect, loopback_redirect(loopback)) < 0 || !buffer_text(redirect)) {
		(void)error_memory(error);
		goto out;
	}
	if (linking_url(&url, joining->linking, &joining->authorize, redirect->data, error) < 0)
		goto out;
	show_page(url.data);
	(void)browser_open(url.data);
	(void)uv_timer_start(&joining->patience, on_patience, wait_s * 1000, 0);
	result = joining_wait(joining, error);
	(void)uv_timer_stop(&joining->patience);
out:
	loopback_free(loopback);
	buffer_clear(&url);
	return result;
}

/* The person copies the URL that the browser shows at the end, where there may be no page at all. */
static int consent_by_pasting(struct joining *joining, const char *registered, struct error *error)
{
	const struct prompt prompt = { .label = "The URL that the browser shows then",
		.help = "The page there may not exist; its URL in the address bar is what counts." };
	struct buffer url = BUFFER_INIT(AUTHORIZE_URL_MAX);
	int result = -1;

	if (!browser_prints() && !prompt_possible()) {
		(void)error_set(error, ERROR_USAGE,
			"There is nobody to open %s's page and to paste the URL after it.",
			joining->provider->manifest->name);
		(void)error_hint(error,
			"'muster link --start' prints the page's URL; 'muster link --finish URL' takes the URL after it.");
		goto out;
	}
	if (linking_url(&url, joining->linking, &joining->authorize, registered, error) < 0)
		goto out;
	show_page(url.data);
	if (browser_prints()) {
		result = browser_read(&joining->redirected, url.data, registered, error);
	} else {
		(void)browser_open(url.data);
		result = prompt_line(&joining->redirected, &prompt, error);
	}
out:
	buffer_clear(&url);
	return result;
}

static int read_way(bool *paste, const struct joining *joining, const char *registered, struct error *error)
{
	const char *way = arguments_text(joining->arguments, "redirect", NULL);

	*paste = !loopback_serves(registered);
	if (!way)
		return 0;
	if (strcmp(way, "paste") != 0 && strcmp(way, "listen") != 0)
		return error_set(error, ERROR_USAGE, "--redirect takes listen or paste.");
	if (strcmp(way, "listen") == 0 && *paste) {
		(void)error_set(error, ERROR_USAGE, "muster can't listen for %.200s.", registered);
		return error_hint(error,
			"It listens where the profile's redirect URL, as registered with the provider, is "
			"http://127.0.0.1/….");
	}
	*paste = strcmp(way, "paste") == 0;
	return 0;
}

int joining_sign_in(struct joining *joining, const struct linking_consent *consent, struct error *error)
{
	const struct linking_step step = { session_end, &joining->session };

	session_begin(&joining->session);
	linking_sign_in(joining->linking, consent, &step);
	return joining_wait(joining, error);
}

int joining_ask_consent(struct joining *joining, struct error *error)
{
	const char *registered = joining_redirect(joining);
	struct buffer redirect = BUFFER_INIT(AUTHORIZE_URL_MAX);
	struct linking_consent consent = { .redirect_url = registered };
	bool paste = false;
	int result = -1;

	if (read_way(&paste, joining, registered, error) < 0 ||
		authorize_begin(&joining->authorize, error) < 0)
		goto out;
	result = paste ? consent_by_pasting(joining, registered, error)
		       : consent_by_listening(joining, &redirect, registered, error);
	if (result < 0)
		goto out;
	if (!paste)
		consent.redirect_url = redirect.data;
	consent.redirected = buffer_text(&joining->redirected);
	consent.state = joining->authorize.state;
	consent.verifier = joining->authorize.verifier;
	result = consent.redirected ? joining_sign_in(joining, &consent, error) : error_memory(error);
out:
	buffer_clear(&redirect);
	return result;
}
