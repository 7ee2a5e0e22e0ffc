/* A certified authorization server, and an API that takes its tokens: auth.example.com and api.example.com, one
 * listener on loopback.
 *
 *	node server.mjs FOLDER
 *
 * FOLDER holds key.pem, cert.pem and client.json. The port is written to FOLDER/port when all is ready, and what
 * happens to FOLDER/ledger.ndjson. A person uses the pages under /interaction; what the test does to the server
 * behind muster's back, it POSTs to /test. */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import Provider from 'oidc-provider';

const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, name), 'utf8');
const note = (what, more) =>
  appendFileSync(join(folder, 'ledger.ndjson'), `${JSON.stringify({ what, ...more })}\n`);

const person = 'anna';
const client = JSON.parse(read('client.json'));
const issuer = 'https://auth.example.com';
const provider = new Provider(issuer, {
  clients: [client],
  scopes: ['people:read', 'teams:read'],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async (ctx, of) => of.grantTypeAllowed('refresh_token'),
  expiresWithSession: async () => false,
  findAccount: async (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 86400, Interaction: 600, RefreshToken: 86400, Session: 600 },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['of this test alone'] },
});

/* ---- What happened -------------------------------------------------------------------- */

const live = new Map(); /* access tokens, by their ids */
const grants = new Set(); /* what Anna has consented to, by their ids */

provider.on('authorization.success', (ctx) =>
  note('consent', { challenge: ctx.oidc.params.code_challenge_method, scope: ctx.oidc.params.scope }));
provider.on('grant.success', (ctx) => note('token', { grant: ctx.oidc.params.grant_type }));
provider.on('grant.error', (ctx, error) =>
  note('refusal', { error: error.error, detail: error.error_detail ?? error.error_description }));
provider.on('grant.revoked', () => note('revoked'));
provider.on('server_error', (ctx, error) => note('fault', { error: error.stack }));
provider.on('access_token.saved', (token) => {
  live.set(token.jti, token);
  grants.add(token.grantId);
});
provider.on('access_token.destroyed', (token) => live.delete(token.jti));

/* ---- The person ----------------------------------------------------------------------- */

const page = `<!doctype html><title>Consent</title><form method="post">
<button name="decision" value="allow">Allow</button>
<button name="decision" value="people">Allow people only</button>
<button name="decision" value="deny">Deny</button></form>`;

async function decide(details, decision) {
  if (decision === 'deny') return { error: 'access_denied', error_description: 'Anna said no' };
  const grant = new provider.Grant({ accountId: person, clientId: details.params.client_id });
  const asked = details.params.scope.split(' ');
  const given = decision === 'people' ? ['people:read'] : asked;
  grant.addOIDCScope(given.join(' '));
  grant.rejectOIDCScope(asked.filter((scope) => !given.includes(scope)).join(' '));
  return { login: { accountId: person }, consent: { grantId: await grant.save() } };
}

async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.setHeader('Content-Type', 'text/html').end(page);
    return;
  }
  const decision = new URLSearchParams(await text(request)).get('decision');
  await provider.interactionFinished(request, response, await decide(details, decision),
    { mergeWithLastSubmission: false });
}

/* ---- The API -------------------------------------------------------------------------- */

const lists = {
  '/people': ['people:read', [1, 2, 3].map((n) => ({ id: `p${n}`, email: `p${n}@example.com` }))],
  '/teams': ['teams:read', [{ id: 't1', name: 'All' }]],
};

function reply(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function serve(request, response) {
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  const token = scheme === 'Bearer' ? await provider.AccessToken.find(value) : undefined;
  const [scope, records] = lists[request.url] ?? [];
  if (!token?.isValid) reply(response, 401, { error: 'invalid_token' });
  else if (!records) reply(response, 404, { error: 'not_found' });
  else if (!token.scopes.has(scope)) reply(response, 403, { error: 'insufficient_scope' });
  else reply(response, 200, { data: records });
  note('call', { path: request.url, status: response.statusCode });
}

/* ---- What the test does behind muster's back ------------------------------------------ */

let cut = false;

const changes = {
  /* Access tokens end, as they do after their time. */
  expire: () => Promise.all([...live.values()].map((token) => token.destroy())),
  /* Anna withdraws her consent, on a page of the provider. */
  withdraw: async () => {
    await changes.expire();
    await Promise.all([...grants].flatMap((id) => [
      provider.RefreshToken.revokeByGrantId(id), provider.Grant.adapter.destroy(id)]));
    grants.clear();
  },
  /* The next token request is answered in full, but the line is cut before the answer is out. */
  cut: async () => {
    cut = true;
  },
  /* The integrator has made another client secret. */
  secret: async (to) => {
    (await provider.Client.find(client.client_id)).clientSecret = to;
  },
};

async function change(request, response) {
  const [what, value] = (await text(request)).split('\n');
  await changes[what](value);
  reply(response, 200, {});
}

/* ---- The listener --------------------------------------------------------------------- */

const callback = provider.callback();

function certified(request, response) {
  if (cut && request.url === '/token') {
    cut = false;
    response.end = () => request.socket.destroy();
  }
  return callback(request, response);
}

function handler(request) {
  if (request.url === '/test') return change;
  if (request.headers.host === 'api.example.com') return serve;
  return request.url.startsWith('/interaction/') ? interact : certified;
}

const server = createServer({ key: read('key.pem'), cert: read('cert.pem') }, async (request, response) => {
  try {
    await handler(request)(request, response);
  } catch (error) {
    note('fault', { error: error.stack });
    if (!response.headersSent) reply(response, 500, { error: error.message });
  }
});
server.listen(0, '127.0.0.1', () => {
  writeFileSync(join(folder, 'port.new'), `${server.address().port}\n`);
  renameSync(join(folder, 'port.new'), join(folder, 'port'));
});
