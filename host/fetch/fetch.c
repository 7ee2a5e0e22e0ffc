#include "config.h"

#include "fetch/fetch.h"

#include "base/buffer.h"
#include "fetch/engine.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fetch {
	uv_loop_t *loop;
	const struct fetch_settings *settings;
	CURLM *multi;
	CURLSH *share;
	uv_timer_t timer;
	uv_timer_t job_timer;      /* for jobs that come up while libcurl is idle */
	struct buffer authorities; /* PEM, besides those of folder; empty: none */
	const char *folder;        /* of CAs under their hashes, libcurl's own; NULL: none */
	struct engine_task *tasks;
	struct engine_task *jobs;
	unsigned inside; /* calls of libcurl that are under way */
	unsigned open;   /* timers that are not closed yet */
	bool starved;    /* a socket can't be watched for want of memory */
	bool closing;
};

/* One of libcurl's sockets, watched. */
struct watch {
	uv_poll_t poll;
	struct fetch *fetch;
	curl_socket_t socket;
};

enum { AUTHORITIES_LIMIT = 16 << 20 };

/* ---- Certificate authorities ---------------------------------------------------------------- */

/* Does this folder hold at least one CA under its hash (0a1b2c3d.0)? Then OpenSSL looks up the few
 * that it needs, which takes a fifth of the time of reading a whole bundle. */
static bool is_hashed(const char *folder)
{
	bool found = false;
	struct dirent *entry;
	DIR *dir = folder ? opendir(folder) : NULL;

	while (dir && !found && (entry = readdir(dir)))
		found = strspn(entry->d_name, "0123456789abcdef") == 8 && entry->d_name[8] == '.' &&
			entry->d_name[9] >= '0' && entry->d_name[9] <= '9';
	if (dir)
		(void)closedir(dir);
	return found;
}

static int add_file(struct buffer *out, const char *path, struct error *error)
{
	FILE *file = fopen(path, "re");
	int result = -1;
	char *room;
	size_t got;

	if (!file)
		return error_set(error, ERROR_BAD_CONFIGURATION, "The CA certificates %s can't be read: %s.",
			path, strerror(errno));
	do {
		if (buffer_reserve(&room, out, 16384) < 0)
			goto out;
		got = fread(room, 1, 16384, file);
		out->length += got;
	} while (got > 0);
	if (!ferror(file) && buffer_append_char(out, '\n') == 0)
		result = 0;
out:
	if (result < 0)
		(void)error_set(
			error, ERROR_BAD_CONFIGURATION, "The CA certificates %s can't be read whole.", path);
	(void)fclose(file);
	return result;
}

/* The system's CAs, as a folder where that is possible, and the operator's. A blob replaces
 * libcurl's own file, so without a folder that file must go into it. */
static int find_authorities(struct fetch *fetch, struct error *error)
{
	const struct fetch_settings *settings = fetch->settings;
	const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);
	bool own = settings->ca_file || settings->ca_bundle;

	if (is_hashed(built->capath))
		fetch->folder = built->capath;
	else if (own && built->cainfo && add_file(&fetch->authorities, built->cainfo, error) < 0)
		return -1;
	if (settings->ca_file && add_file(&fetch->authorities, settings->ca_file, error) < 0)
		return -1;
	if (settings->ca_bundle && add_file(&fetch->authorities, settings->ca_bundle, error) < 0)
		return -1;
	return 0;
}

/* ---- libcurl on libuv ------------------------------------------------------------------------- */

static void run_jobs(struct fetch *fetch)
{
	struct engine_task *task;

	while ((task = fetch->jobs)) {
		fetch->jobs = task->next_job;
		task->has_job = false;
		task->on_job(task);
	}
}

/* Whose socket it was is not known; without memory all are better off ended than stuck. */
static void end_all(struct fetch *fetch)
{
	fetch->starved = false;
	while (fetch->tasks) {
		struct engine_task *task = fetch->tasks;
		engine_remove(fetch, task);
		task->on_end(task, CURLE_OUT_OF_MEMORY);
	}
}

/* Ends what libcurl says has ended. A handler may start, end and cancel others meanwhile. */
static void after(struct fetch *fetch)
{
	CURLMsg *message;
	int left;

	if (fetch->inside > 0)
		return;
	run_jobs(fetch);
	if (fetch->starved)
		end_all(fetch);
	while (!fetch->closing && (message = curl_multi_info_read(fetch->multi, &left))) {
		char *private_data = NULL;
		CURLcode result = message->data.result;
		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private_data);
		struct engine_task *task = (struct engine_task *)(void *)private_data;
		engine_remove(fetch, task);
		task->on_end(task, result);
		run_jobs(fetch);
	}
}

static void act(struct fetch *fetch, curl_socket_t socket, int events)
{
	int running;

	fetch->inside++;
	(void)curl_multi_socket_action(fetch->multi, socket, events, &running);
	fetch->inside--;
	after(fetch);
}

static void on_timer(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_job_timer(uv_timer_t *timer)
{
	after(timer->data);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct watch *watch = poll->data;
	int flags = status < 0 ? CURL_CSELECT_ERR : 0;

	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	act(watch->fetch, watch->socket, flags);
}

static int want_timer(CURLM *multi, long timeout_ms, void *context)
{
	struct fetch *fetch = context;

	(void)multi;
	if (fetch->closing)
		return 0;
	if (timeout_ms < 0)
		(void)uv_timer_stop(&fetch->timer);
	else
		(void)uv_timer_start(&fetch->timer, on_timer, (uint64_t)timeout_ms, 0);
	return 0;
}

static void free_watch(uv_handle_t *handle)
{
	free(handle->data);
}

static struct watch *watch_new(struct fetch *fetch, curl_socket_t socket)
{
	struct watch *watch = calloc(1, sizeof *watch);

	if (!watch)
		return NULL;
	watch->fetch = fetch;
	watch->socket = socket;
	if (uv_poll_init_socket(fetch->loop, &watch->poll, socket) < 0) {
		free(watch);
		return NULL;
	}
	watch->poll.data = watch;
	if (curl_multi_assign(fetch->multi, socket, watch) != CURLM_OK) {
		uv_close((uv_handle_t *)&watch->poll, free_watch);
		return NULL;
	}
	return watch;
}

static int want_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *assigned)
{
	struct fetch *fetch = context;
	struct watch *watch = assigned;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch) {
			(void)curl_multi_assign(fetch->multi, socket, NULL);
			uv_close((uv_handle_t *)&watch->poll, free_watch);
		}
		return 0;
	}
	if (!watch && !(watch = watch_new(fetch, socket))) {
		fetch->starved = true; /* an error told to libcurl here would end its multi handle */
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	if (uv_poll_start(&watch->poll, events, on_ready) < 0)
		fetch->starved = true;
	return 0;
}

/* ---- Transfers --------------------------------------------------------------------------------- */

/* The rules of this house. What an option fails to set is told by the last one's result, or is only
 * a matter of speed. */
static CURLcode set_rules(CURL *easy, const struct fetch *fetch)
{
	const struct fetch_settings *settings = fetch->settings;
	CURLcode bad = CURLE_OK;

	bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
	bad |= curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	bad |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
	bad |= curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	bad |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)settings->body_limit);
	bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_ms);
	bad |= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)settings->idle_bytes);
	bad |= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)((settings->idle_ms + 999) / 1000));
	bad |= curl_easy_setopt(easy, CURLOPT_USERAGENT, settings->user_agent);
	bad |= curl_easy_setopt(easy, CURLOPT_SHARE, fetch->share);
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	(void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L * 1024);
	(void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	return bad;
}

static CURLcode set_authorities(CURL *easy, struct fetch *fetch)
{
	struct curl_blob blob = { fetch->authorities.data, fetch->authorities.length, CURL_BLOB_NOCOPY };
	CURLcode bad = CURLE_OK;

	if (fetch->folder) {
		bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
		bad |= curl_easy_setopt(easy, CURLOPT_CAPATH, fetch->folder);
		bad |= curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
		bad |= curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, fetch->folder);
	}
	if (blob.len > 0) {
		bad |= curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
		bad |= curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
	}
	return bad;
}

CURL *engine_handle_new(struct fetch *fetch, bool proxied)
{
	const char *proxy = proxied && fetch->settings->proxy ? fetch->settings->proxy : "";
	CURL *easy = curl_easy_init();

	if (!easy)
		return NULL;
	if (set_rules(easy, fetch) != CURLE_OK || set_authorities(easy, fetch) != CURLE_OK ||
		curl_easy_setopt(easy, CURLOPT_PROXY, proxy) != CURLE_OK ||
		curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L) != CURLE_OK ||
		curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) != CURLE_OK) {
		curl_easy_cleanup(easy);
		return NULL;
	}
	return easy;
}

int engine_add(struct fetch *fetch, struct engine_task *task)
{
	CURLMcode code;

	if (fetch->closing || curl_easy_setopt(task->easy, CURLOPT_PRIVATE, task) != CURLE_OK)
		return -1;
	fetch->inside++;
	code = curl_multi_add_handle(fetch->multi, task->easy);
	fetch->inside--;
	if (code != CURLM_OK)
		return -1;
	task->previous = NULL;
	task->next = fetch->tasks;
	if (task->next)
		task->next->previous = task;
	fetch->tasks = task;
	return 0;
}

static void drop_job(struct fetch *fetch, struct engine_task *task)
{
	struct engine_task **at = &fetch->jobs;

	while (*at && *at != task)
		at = &(*at)->next_job;
	if (*at)
		*at = task->next_job;
	task->has_job = false;
}

void engine_remove(struct fetch *fetch, struct engine_task *task)
{
	fetch->inside++;
	(void)curl_multi_remove_handle(fetch->multi, task->easy);
	fetch->inside--;
	if (task->previous)
		task->previous->next = task->next;
	else
		fetch->tasks = task->next;
	if (task->next)
		task->next->previous = task->previous;
	if (task->has_job)
		drop_job(fetch, task);
}

void engine_unpause(struct fetch *fetch, struct engine_task *task)
{
	fetch->inside++;
	(void)curl_easy_pause(task->easy, CURLPAUSE_CONT);
	fetch->inside--;
}

bool engine_is_inside(const struct fetch *fetch)
{
	return fetch->inside > 0;
}

void engine_later(struct fetch *fetch, struct engine_task *task)
{
	if (task->has_job)
		return;
	task->has_job = true;
	task->next_job = fetch->jobs;
	fetch->jobs = task;
	if (fetch->inside == 0)
		(void)uv_timer_start(&fetch->job_timer, on_job_timer, 0, 0);
}

/* ---- Life --------------------------------------------------------------------------------------------- */

static int set_up(struct fetch *fetch)
{
	int bad;

	fetch->multi = curl_multi_init();
	fetch->share = curl_share_init();
	if (!fetch->multi || !fetch->share)
		return -1;
	bad = curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETFUNCTION, want_socket) |
	      curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETDATA, fetch) |
	      curl_multi_setopt(fetch->multi, CURLMOPT_TIMERFUNCTION, want_timer) |
	      curl_multi_setopt(fetch->multi, CURLMOPT_TIMERDATA, fetch) |
	      /* One transfer a connection: a paused HTTP/2 stream holds up all others of its connection, and
	       * whoever waits for those would wait for ever. */
	      curl_multi_setopt(fetch->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING) |
	      curl_multi_setopt(fetch->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 16L);
	/* TLS sessions are resumed by whichever transfer connects again. */
	if (bad || curl_share_setopt(fetch->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION))
		return -1;
	return 0;
}

static void release(struct fetch *fetch)
{
	if (fetch->multi)
		(void)curl_multi_cleanup(fetch->multi);
	if (fetch->share)
		(void)curl_share_cleanup(fetch->share);
	buffer_clear(&fetch->authorities);
	curl_global_cleanup();
	free(fetch);
}

int fetch_new(struct fetch **out, uv_loop_t *loop, const struct fetch_settings *settings, struct error *error)
{
	struct fetch *fetch;

	if (fetch_settings_check(settings, error) < 0)
		return -1;
	fetch = calloc(1, sizeof *fetch);
	if (!fetch)
		return error_memory(error);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(fetch);
		return error_set(error, ERROR_INSTALLATION, "libcurl can't be started.");
	}
	fetch->loop = loop;
	fetch->settings = settings;
	buffer_init(&fetch->authorities, AUTHORITIES_LIMIT);
	if (find_authorities(fetch, error) < 0) {
		release(fetch);
		return -1;
	}
	if (set_up(fetch) < 0) {
		release(fetch);
		return error_memory(error);
	}
	(void)uv_timer_init(loop, &fetch->timer);
	(void)uv_timer_init(loop, &fetch->job_timer);
	fetch->timer.data = fetch->job_timer.data = fetch;
	fetch->open = 2;
	*out = fetch;
	return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct fetch *fetch = handle->data;

	if (--fetch->open > 0)
		return;
	curl_global_cleanup();
	free(fetch);
}

void fetch_free(struct fetch *fetch)
{
	if (!fetch)
		return;
	while (fetch->tasks)
		fetch->tasks->on_shutdown(fetch->tasks);
	/* Connections that are kept tell the socket callback when they are closed here. */
	fetch->inside++;
	fetch->closing = true;
	(void)curl_multi_cleanup(fetch->multi);
	(void)curl_share_cleanup(fetch->share);
	buffer_clear(&fetch->authorities);
	uv_close((uv_handle_t *)&fetch->timer, on_timer_closed);
	uv_close((uv_handle_t *)&fetch->job_timer, on_timer_closed);
}

uv_loop_t *fetch_loop(const struct fetch *fetch)
{
	return fetch->loop;
}

const struct fetch_settings *fetch_settings_of(const struct fetch *fetch)
{
	return fetch->settings;
}
