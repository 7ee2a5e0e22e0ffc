#include "config.h"

#include "sandbox/personio_error.h"

#include "base/clock.h"
#include "sandbox/personio_endpoint.h"

#include <stdio.h>
#include <stdlib.h>

#define ERRORS_URL "https://developer.personio.de/reference/errors#"
#define TRACE_SPACE 63

int personio_answer_take(struct answer *answer, unsigned status, const char *content_type, json_t *body)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	int result = text ? answer_text(answer, status, content_type, "%s", text) : -1;

	free(text);
	json_decref(body);
	return result;
}

static json_t *make_problem(const char *title, const char *detail, const char *type, const char *path)
{
	struct personio_text trace = { "" };

	uuid_write(trace.text, TRACE_SPACE, (uint64_t)clock_now_ms());
	return json_pack("{s:s, s:s, s:[{s:s, s:s, s:s, s:{s:s*}}]}", "personio_trace_id", trace.text,
		"timestamp", personio_time(clock_wall_s(), "Z").text, "errors", "title", title, "detail",
		detail, "type", type, "_meta", "path", path);
}

int personio_problem(
	struct answer *answer, unsigned status, const char *title, const char *detail, const char *code)
{
	struct personio_text type;

	(void)snprintf(type.text, sizeof type.text, ERRORS_URL "common.%s", code);
	return personio_answer_take(
		answer, status, PERSONIO_PROBLEM_TYPE, make_problem(title, detail, type.text, NULL));
}

int personio_bad_request(struct answer *answer, const char *detail)
{
	return personio_problem(answer, 400, "Bad request", detail, "bad_request");
}

static int refuse_v1(struct answer *answer, unsigned status, const char *message)
{
	return personio_answer_take(answer, status, PERSONIO_TYPE,
		json_pack("{s:b, s:{s:i, s:s}}", "success", 0, "error", "code", (int)status, "message",
			message));
}

int personio_no_endpoint(struct answer *answer, const struct request *request)
{
	char detail[256];

	if (personio_is_v1(request->path))
		return refuse_v1(answer, 404, "Not Found");
	(void)snprintf(detail, sizeof detail, "The endpoint with %.200s was not found.", request->path);
	return personio_answer_take(answer, 404, PERSONIO_PROBLEM_TYPE,
		make_problem("Not Found", detail, ERRORS_URL "api.not_found", request->path));
}

int personio_no_record(struct answer *answer, const struct request *request)
{
	if (personio_is_v1(request->path)) /* v1 often says no more than this */
		return refuse_v1(answer, 404, "Es ist ein Problem aufgetreten ");
	return personio_problem(answer, 404, "Resource not found",
		"There is no resource for the specified id.", "resource_not_found");
}

int personio_refuse(
	struct answer *answer, const struct request *request, unsigned status, const char *message)
{
	static const struct {
		unsigned status;
		const char *title;
		const char *code;
	} titles[] = {
		{ 400, "Bad request", "bad_request" },
		{ 401, "Unauthorized", "unauthorized" },
		{ 403, "Forbidden", "forbidden" },
		{ 404, "Resource not found", "resource_not_found" },
		{ 405, "Method Not Allowed", "method_not_allowed" },
		{ 429, "Too Many Requests", "too_many_requests" },
		{ 503, "Service Unavailable", "service_unavailable" },
	};

	if (personio_is_v1(request->path))
		return refuse_v1(answer, status, message);
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
		if (titles[i].status == status)
			return personio_problem(answer, status, titles[i].title, message, titles[i].code);
	}
	return personio_problem(answer, status, "Internal Server Error", message, "internal_server_error");
}
