// The AT Protocol's own servers on loopback: a personal data server with its directory and, where
// PostgreSQL and Redis are given, the AppView that counts and threads.
//
// PDS_PORT, and for the AppView DATABASE (a PostgreSQL URL) and REDIS (host:port).
import net from 'node:net'
import { createRequire } from 'node:module'

// Installed elsewhere: modules are found from the folder this process runs in.
const require = createRequire(process.cwd() + '/')
const from = (name) => import(require.resolve(name))

// They listen on every interface otherwise.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  const then = rest.filter((argument) => typeof argument === 'function')
  const where = typeof first === 'object' && first !== null ? first : { port: Number(first ?? 0) }
  return listen.call(this, { ...where, host: '127.0.0.1' }, ...then)
}

// The trigram extension serves only the search for people, and not every PostgreSQL has it.
const { default: pg } = await from('pg')
const query = pg.Client.prototype.query
pg.Client.prototype.query = function (first, ...rest) {
  const text = typeof first === 'string' ? first : first?.text
  if (!text?.includes('_trgm')) return query.call(this, first, ...rest)
  return query.call(this, 'select 1', ...rest.filter((argument) => typeof argument === 'function'))
}

const { TestPlc, TestPds, TestBsky, TestBsync, mockNetworkUtilities } = await from('@atproto/dev-env')
const port = Number(process.env.PDS_PORT)
const database = process.env.DATABASE
const plc = await TestPlc.create({})
let view
if (database) {
  const apiKey = 'loopback-only'
  const bsync = await TestBsync.create({ apiKeys: [apiKey], dbUrl: database, dbSchema: 'bsync' })
  view = await TestBsky.create({
    plcUrl: plc.url,
    pdsPort: port,
    bsyncUrl: bsync.url,
    bsyncApiKey: apiKey,
    repoProvider: `ws://localhost:${port}`,
    dbPostgresUrl: database,
    dbPostgresSchema: 'appview',
    redisHost: process.env.REDIS,
    rolodexIgnoreBadTls: true,
  })
}
const reading = view ? { bskyAppViewUrl: view.url, bskyAppViewDid: view.ctx.cfg.serverDid } : {
  bskyAppViewUrl: undefined, bskyAppViewDid: undefined, bskyAppViewCdnUrlPattern: undefined,
}
const pds = await TestPds.create({ port, didPlcUrl: plc.url, ...reading })
mockNetworkUtilities(pds, view)
console.log('ready')
