#include "config.h"

#include "sandbox/certificate.h"

#include "base/clock.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAST_S INT64_C(172800)
#define CA_LIFE_S INT64_C(2592000)

static int make_key(gnutls_x509_privkey_t *out)
{
	int status = gnutls_x509_privkey_init(out);

	if (status < 0)
		return status;
	return gnutls_x509_privkey_generate(
		*out, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
}

/* What every certificate has: version 3, a random serial, a name, a span of time, its key. */
static int begin(gnutls_x509_crt_t *out, gnutls_x509_privkey_t key, const char *name, int64_t life_s)
{
	unsigned char serial[16];
	unsigned char key_id[20];
	size_t key_id_size = sizeof key_id;
	int64_t now = clock_wall_s();
	int status = gnutls_x509_crt_init(out);

	if (status < 0 || (status = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial)) < 0)
		return status;
	serial[0] = (serial[0] & 0x7F) | 0x40; /* positive, and 16 bytes whatever came */
	if ((status = gnutls_x509_crt_set_version(*out, 3)) < 0 ||
		(status = gnutls_x509_crt_set_serial(*out, serial, sizeof serial)) < 0 ||
		(status = gnutls_x509_crt_set_dn_by_oid(
			 *out, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name))) < 0 ||
		(status = gnutls_x509_crt_set_activation_time(*out, (time_t)(now - PAST_S))) < 0 ||
		(status = gnutls_x509_crt_set_expiration_time(*out, (time_t)(now + life_s))) < 0 ||
		(status = gnutls_x509_crt_set_key(*out, key)) < 0 ||
		(status = gnutls_x509_crt_get_key_id(*out, 0, key_id, &key_id_size)) < 0)
		return status;
	return gnutls_x509_crt_set_subject_key_id(*out, key_id, key_id_size);
}

static int make_authority(gnutls_x509_crt_t *out, gnutls_x509_privkey_t key)
{
	int status = begin(out, key, "muster sandbox CA", CA_LIFE_S);

	if (status < 0 || (status = gnutls_x509_crt_set_ca_status(*out, 1)) < 0 ||
		(status = gnutls_x509_crt_set_key_usage(*out, GNUTLS_KEY_KEY_CERT_SIGN)) < 0)
		return status;
	return gnutls_x509_crt_sign2(*out, *out, key, GNUTLS_DIG_SHA256, 0);
}

static int make_server(gnutls_x509_crt_t *out, gnutls_x509_privkey_t key, gnutls_x509_crt_t authority,
	gnutls_x509_privkey_t authority_key, const char *const *hosts, size_t host_count, int64_t life_s)
{
	int status = begin(out, key, "muster sandbox", life_s);

	if (status < 0 || (status = gnutls_x509_crt_set_ca_status(*out, 0)) < 0 ||
		(status = gnutls_x509_crt_set_key_usage(*out, GNUTLS_KEY_DIGITAL_SIGNATURE)) < 0 ||
		(status = gnutls_x509_crt_set_key_purpose_oid(*out, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0)
		return status;
	for (size_t i = 0; i < host_count; i++) {
		status = gnutls_x509_crt_set_subject_alt_name(*out, GNUTLS_SAN_DNSNAME, hosts[i],
			(unsigned)strlen(hosts[i]), i ? GNUTLS_FSAN_APPEND : GNUTLS_FSAN_SET);
		if (status < 0)
			return status;
	}
	return gnutls_x509_crt_sign2(*out, authority, authority_key, GNUTLS_DIG_SHA256, 0);
}

static int export_pem(struct certificate *out, gnutls_x509_crt_t authority, gnutls_x509_crt_t server,
	gnutls_x509_privkey_t key)
{
	gnutls_datum_t ca = { NULL, 0 };
	gnutls_datum_t certificate = { NULL, 0 };
	gnutls_datum_t private = { NULL, 0 };
	int status = gnutls_x509_crt_export2(authority, GNUTLS_X509_FMT_PEM, &ca);

	if (status >= 0)
		status = gnutls_x509_crt_export2(server, GNUTLS_X509_FMT_PEM, &certificate);
	if (status >= 0)
		status = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &private);
	if (status >= 0) {
		out->ca = strndup((const char *)ca.data, ca.size);
		out->certificate = strndup((const char *)certificate.data, certificate.size);
		out->key = strndup((const char *)private.data, private.size);
		if (!out->ca || !out->certificate || !out->key)
			status = GNUTLS_E_MEMORY_ERROR;
	}
	gnutls_free(ca.data);
	gnutls_free(certificate.data);
	gnutls_free(private.data);
	return status;
}

int certificate_make(struct certificate *out, const char *const *hosts, size_t host_count, int64_t life_s,
	struct error *error)
{
	gnutls_x509_privkey_t authority_key = NULL;
	gnutls_x509_privkey_t key = NULL;
	gnutls_x509_crt_t authority = NULL;
	gnutls_x509_crt_t server = NULL;
	int status;

	memset(out, 0, sizeof *out);
	if ((status = make_key(&authority_key)) >= 0 && (status = make_key(&key)) >= 0 &&
		(status = make_authority(&authority, authority_key)) >= 0 &&
		(status = make_server(&server, key, authority, authority_key, hosts, host_count, life_s)) >=
			0)
		status = export_pem(out, authority, server, key);
	gnutls_x509_crt_deinit(server);
	gnutls_x509_crt_deinit(authority);
	gnutls_x509_privkey_deinit(key);
	gnutls_x509_privkey_deinit(authority_key);
	if (status >= 0)
		return 0;
	certificate_clear(out);
	return error_set(error, ERROR_INTERNAL, "No certificate could be made: %s.", gnutls_strerror(status));
}

void certificate_clear(struct certificate *certificate)
{
	free(certificate->ca);
	free(certificate->certificate);
	free(certificate->key);
	memset(certificate, 0, sizeof *certificate);
}
