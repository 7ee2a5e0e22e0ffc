#include "config.h"

#include "fetch/fault.h"

#include "base/text.h"

#include <string.h>

static int fault_tls(struct error *error, const char *host, const char *detail)
{
	(void)error_set(error, ERROR_TLS_FAILED, "The TLS connection to %s failed: %s.", host,
		detail[0] ? detail : "no reason was given");
	return error_hint(error, "Check this machine's CA certificates and clock. A CA of your own "
				 "(a proxy's) is added by "
				 "MUSTER_CA_FILE.");
}

static int fault_name(struct error *error, const char *what, const char *host)
{
	(void)error_set(error, ERROR_NAME_NOT_FOUND, "The %s of %s was not found.", what, host);
	return error_hint(error, "Check the network, its DNS and the spelling of the name.");
}

int fault_set(struct error *error, CURLcode result, const char *host, const char *detail, bool sent)
{
	char clean[200];

	text_clean(clean, sizeof clean, detail, strlen(detail));
	switch (result) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return fault_name(error, "address", host);
	case CURLE_COULDNT_RESOLVE_PROXY:
		return fault_name(error, "address of the proxy for requests", host);
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
		return error_set(error, ERROR_CONNECTION_FAILED, "No connection to %s: %s.", host,
			clean[0] ? clean : curl_easy_strerror(result));
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_USE_SSL_FAILED:
		return fault_tls(error, host, clean);
	case CURLE_OPERATION_TIMEDOUT:
		if (!sent)
			return error_set(error, ERROR_CONNECTION_FAILED,
				"No connection to %s in the time allowed.", host);
		return error_set(error, ERROR_DEADLINE_PASSED,
			"%s has sent nothing, or next to nothing, for too long.", host);
	case CURLE_FILESIZE_EXCEEDED:
		return error_set(
			error, ERROR_BODY_TOO_LARGE, "%s announces an answer that is too large.", host);
	case CURLE_BAD_CONTENT_ENCODING:
		return error_set(error, ERROR_MALFORMED_BODY,
			"The answer of %s is compressed, and its compression is broken.", host);
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return error_set(
			error, ERROR_PROVIDER_FAILED, "What %s answers is no HTTP, or too much of it.", host);
	case CURLE_OUT_OF_MEMORY:
		return error_memory(error);
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_SSL_SHUTDOWN_FAILED:
		return error_set(error, ERROR_CONNECTION_LOST,
			"The connection to %s was lost before its answer was complete.", host);
	default:
		return error_set(error, ERROR_CONNECTION_FAILED, "The request to %s failed: %s.", host,
			clean[0] ? clean : curl_easy_strerror(result));
	}
}
