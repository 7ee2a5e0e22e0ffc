/* muster link: a customer's account, from the fields to the sealed row. */
#include "config.h"

#include "cli/command.h"
#include "cli/data.h"
#include "cli/enter.h"
#include "cli/joining.h"
#include "cli/label.h"
#include "cli/pending.h"
#include "cli/profile.h"

#include <string.h>

/* ---- The ways ----------------------------------------------------------------------------------------- */

/* What links and starts have in common. */
static int prepare(struct joining *joining, struct error *error)
{
	const struct arguments *arguments = joining->arguments;
	json_t *labels = NULL;

	if (joining->owner && strlen(joining->owner) >= ACCOUNT_OWNER_SIZE)
		return error_set(error, ERROR_USAGE, "--owner is too long.");
	if (enter_given(&joining->given, arguments, 1, error) < 0 ||
		joining_find_profile(joining, arguments->words[0], error) < 0 ||
		joining_find_name(joining, arguments_text(arguments, "name", arguments->words[0]), error) <
			0 ||
		joining_labels(&labels, joining, error) < 0)
		return -1;
	json_decref(labels); /* they can be kept: that is all that counts by now */
	if ((!joining->session.store && data_check_room(arguments, error) < 0) ||
		joining_enter(joining, error) < 0)
		return -1;
	return joining_open(joining, error);
}

/* A person's consent is asked for when nothing of ours is in the way of keeping what comes of it. That leaves an empty
 * store where there was none. */
static int ask_consent(struct joining *joining, struct error *error)
{
	if (joining_open_store(joining, error) < 0 || store_check_writable(joining->session.store, error) < 0)
		return -1;
	return joining_ask_consent(joining, error);
}

static int link_now(struct joining *joining, struct error *error)
{
	if (prepare(joining, error) < 0)
		return -1;
	if (!arguments_flag(joining->arguments, "json"))
		profile_show_hosts(joining->provider->manifest, joining->auth);
	if (linking_needs_consent(joining->linking) ? ask_consent(joining, error) < 0
						    : joining_sign_in(joining, NULL, error) < 0)
		return -1;
	return joining_complete(joining, error);
}

static int start(struct joining *joining, struct error *error)
{
	struct buffer url = BUFFER_INIT(AUTHORIZE_URL_MAX);
	int result = -1;

	if (prepare(joining, error) < 0)
		goto out;
	if (!linking_needs_consent(joining->linking)) {
		(void)error_set(error, ERROR_USAGE, "%s asks nobody for consent: link without --start.",
			joining->provider->manifest->name);
		goto out;
	}
	if (authorize_begin(&joining->authorize, error) == 0 &&
		linking_url(&url, joining->linking, &joining->authorize, joining_redirect(joining), error) ==
			0)
		result = pending_keep(joining, url.data, error);
out:
	buffer_clear(&url);
	return result;
}

/* ---- The command -------------------------------------------------------------------------------------- */

/* One thing at a time, and which of them take words. */
static int check_way(const struct arguments *arguments, struct error *error)
{
	bool finish = arguments_text(arguments, "finish", NULL) != NULL;
	bool withdraws = arguments_text(arguments, "withdraw", NULL) != NULL;
	bool lists = arguments_flag(arguments, "pending");

	if (finish + withdraws + lists + arguments_flag(arguments, "start") > 1)
		return error_set(error, ERROR_USAGE,
			"Only one of --start, --finish, --pending and --withdraw can be done at a time.");
	if (withdraws || lists)
		return arguments_words(arguments, 0, 0, "", error);
	return arguments_words(arguments, finish ? 0 : 1, SIZE_MAX, "PROFILE", error);
}

static int run(const struct arguments *arguments, struct error *error)
{
	const char *url = arguments_text(arguments, "finish", NULL);
	const char *withdrawn = arguments_text(arguments, "withdraw", NULL);
	struct joining joining = { .arguments = arguments,
		.owner = arguments_text(arguments, "owner", NULL) };
	int result;

	if (check_way(arguments, error) < 0)
		return -1;
	buffer_init(&joining.redirected, 2 * AUTHORIZE_URL_MAX);
	result = label_options(&joining.labels, arguments, error);
	if (result == 0)
		result = session_open(&joining.session, arguments, error);
	if (result < 0)
		;
	else if (url)
		result = pending_finish(&joining, url, error);
	else if (withdrawn)
		result = pending_withdraw(&joining, withdrawn, error);
	else if (arguments_flag(arguments, "pending"))
		result = pending_list(&joining, error);
	else
		result = arguments_flag(arguments, "start") ? start(&joining, error)
							    : link_now(&joining, error);
	joining_clear(&joining);
	return result;
}

static const struct option options[] = {
	SESSION_OPTIONS,
	{ .name = "name",
		.value = "NAME",
		.help = "What the account is to be called; like the profile unless said." },
	{ .name = "owner",
		.value = "ID",
		.help = "Whose account it is, for those who serve several tenants." },
	{ .name = "label",
		.value = "KEY=VALUE",
		.help = "A label of the account; KEY= removes one of an account that is linked again.",
		.repeated = true },
	{ .name = "auth", .value = "ID", .help = "Which auth, for a provider without a profile." },
	{ .name = "actions",
		.value = "A,B",
		.help = "The actions to be enabled, for a provider without a profile.",
		.repeated = true },
	{ .name = "again", .help = "Link an account anew that is there already." },
	{ .name = "redirect",
		.value = "WAY",
		.help = "How the browser comes back: listen, on this machine, or paste its URL." },
	{ .name = "wait", .value = "SECONDS", .help = "How long a person may take in the browser (600)." },
	{ .name = "start", .help = "Print the page for a customer elsewhere, and remember that." },
	{ .name = "finish",
		.value = "URL",
		.help = "Go on with the URL that the customer's browser ended at." },
	{ .name = "pending", .help = "List the links that wait for a customer." },
	{ .name = "withdraw", .value = "NAME", .help = "Remove the link that waits for this account." },
};

const struct command command_link = {
	.name = "link",
	.summary = "Link a customer's account.",
	.usage = "PROFILE|PROVIDER [key=value…] | --finish URL [key=value…] | --pending | --withdraw NAME",
	.details =
		"The fields are checked, the hosts that credentials will go to are shown, the provider is asked, one "
		"call proves that it works, and only then is anything stored, sealed. What is missing is asked for at "
		"a terminal; elsewhere it is named (exit status 3).\n\n"
		"A provider without a profile gets one of its own name. Where a person has to consent, the page is "
		"opened by $BROWSER, else xdg-open. A customer elsewhere is sent the page that --start prints; the URL "
		"at which their browser ends goes into --finish, in whatever process, once and within seven days. When a "
		"field has to be chosen then, --finish names what there is; the same URL with key=value goes on. So it "
		"does after any failure but a refusal by the customer or the provider.\n\n"
		"  muster link culture_amp --name acme --credentials culture_amp.json\n"
		"  muster link employment_hero --start --name acme",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
