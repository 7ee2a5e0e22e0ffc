// An authorization server that others have certified, to see that muster speaks OAuth as the world does: code with
// PKCE, rotation of refresh tokens, revocation, introspection of nothing.
//
//   node server.mjs MODULES CERTIFICATE FOLDER
//
// MODULES is a file beside node_modules, CERTIFICATE holds key and certificate, FOLDER gets the file ready (with the port)
// and events (a line each). GET /test/forget?kind=AccessToken destroys all tokens of a kind, as time would.
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [modules, certificate, folder] = process.argv.slice(2)
const entry = createRequire(pathToFileURL(modules)).resolve('oidc-provider')
const { default: Provider } = await import(pathToFileURL(entry))

const rows = new Map()

// The server's own store: everything in one map, so that a test can make tokens end.
class Adapter {
  constructor(kind) { this.kind = kind }
  key(id) { return `${this.kind}:${id}` }
  async upsert(id, payload) { rows.set(this.key(id), { ...payload }) }
  async find(id) { return rows.get(this.key(id)) }
  async findByUid(uid) { return [...rows.values()].find((row) => row.uid === uid) }
  async findByUserCode() { return undefined }
  async consume(id) { rows.get(this.key(id)).consumed = Math.floor(Date.now() / 1000) }
  async destroy(id) { rows.delete(this.key(id)) }
  async revokeByGrantId(grantId) {
    for (const [key, row] of rows) if (row.grantId === grantId) rows.delete(key)
  }
}

function event(name, detail = '') {
  appendFileSync(join(folder, 'events'), `${name} ${detail}\n`)
}

const key = readFileSync(certificate)
const issuer = 'https://oidc.example.test'
const provider = new Provider(issuer, {
  adapter: Adapter,
  clients: [{
    client_id: 'muster',
    client_secret: 'a-secret-of-the-client-0123456789',
    redirect_uris: ['https://muster.example.test/oidc', 'http://127.0.0.1/muster'],
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  cookies: { keys: ['only-for-tests'] },
  pkce: { required: () => true, methods: ['S256'] },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  scopes: ['openid', 'people'],
  ttl: { AccessToken: 3600, AuthorizationCode: 60, RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 3600, IdToken: 3600 },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true }, userinfo: { enabled: true } },
  findAccount: async (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  interactions: { url: (ctx, interaction) => `/test/consent/${interaction.uid}` },
})
provider.proxy = true
for (const name of ['grant.success', 'grant.error', 'grant.revoked', 'refresh_token.destroyed', 'access_token.destroyed']) {
  provider.on(name, (ctx) => event(name, ctx?.oidc?.params?.grant_type ?? ''))
}

// The person: signs in and allows all that is asked for.
async function consent(request, response) {
  const { prompt, params, grantId } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: 'a-person' } })
    return
  }
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: 'a-person', clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true })
}

const callback = provider.callback()
const server = createServer({ key, cert: key }, (request, response) => {
  request.headers.host = 'oidc.example.test'
  const url = new URL(request.url, issuer)
  if (url.pathname.startsWith('/test/consent/')) {
    consent(request, response).catch((error) => { response.statusCode = 500; response.end(String(error)) })
  } else if (url.pathname === '/test/forget') {
    for (const name of rows.keys()) if (name.startsWith(`${url.searchParams.get('kind')}:`)) rows.delete(name)
    response.end()
  } else {
    callback(request, response)
  }
})
server.listen(0, '127.0.0.1', () => {
  writeFileSync(join(folder, 'ready.new'), `${server.address().port}\n`)
  renameSync(join(folder, 'ready.new'), join(folder, 'ready'))
})
process.on('SIGTERM', () => process.exit(0))
