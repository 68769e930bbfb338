// A node with its homes and the four people of the tests, in a folder of its own.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, existsSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const METERWAY = process.env.METERWAY
const HOST = '127.0.0.1'
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

/// Name, party, job types, clearance. The demo's supplier and network operator are Users of the first two parties.
export const people = {
  tester: ['supplier', ['party'], 'Green'],
  engineer: ['networkOperator', ['party'], 'Green'],
  desk: ['DCC', ['desk'], 'Green'],
  secretary: ['SECAS', ['secretary'], 'Red'],
}

export class Portal {
  log = ''
  tokens = {}
  beside = []   // processes of its own

  /// `more`: further people as in `people`. `signer`: with the process that holds the Users' keys. `homes`: how many, all alike.
  /// `settings`: over those of the node. `estate`: arguments of a process of its own for the homes, instead of those inside the platform.
  static async start(more = {}, { signer = false, homes = 1, settings = {}, estate } = {}) {
    const portal = new Portal()
    portal.folder = mkdtempSync(join(tmpdir(), 'meterway-web-'))
    portal.data = join(portal.folder, 'data')
    portal.meterway('pki', 'make', '--data', portal.data, '--http-port', '0', '--smki-port', '0', '--link-port', '0', '--homes', String(homes),
      ...(signer ? ['--push-port', String(await freePort())] : []))
    const port = signer ? await freePort() : 0
    if (signer) settings = { ...settings, test: { signer: { url: `http://${HOST}:${port}`, token_file: join(portal.data, 'signer.token') } } }
    const file = join(portal.folder, 'settings.json')
    writeFileSync(file, JSON.stringify(settings))
    await portal.#serve(['--config', file, ...(estate ? ['--no-estate'] : [])])
    const beside = (...args) => portal.beside.push(spawn(METERWAY, [...args, '--data', portal.data], { stdio: 'ignore' }))
    if (estate) beside('estate', '--link', `${HOST}:${portal.world.link_port}`, ...estate)
    if (signer) beside('signer', '--port', String(port))
    for (const [name, [party, roles, clearance]] of Object.entries({ ...people, ...more })) {
      portal.meterway('person', 'set', name, '--party', party, ...roles.flatMap((role) => ['--role', role]), '--clearance', clearance, '--data', portal.data)
      const file = join(portal.folder, `${name}.token`)
      portal.meterway('person', 'token', name, '-o', file, '--data', portal.data)
      portal.tokens[name] = readFileSync(file, 'utf8').trim()
    }
    return portal
  }

  /// A node that there is, on free ports; its folder stays. The operator is all there is of people.
  static async open(data) {
    const portal = new Portal()
    portal.data = data
    await portal.#serve(['--http-port', '0', '--portal-port', '0', '--tls-port', '0', '--smki-port', '0', '--link-port', '0'])
    return portal
  }

  async #serve(settings) {
    this.child = spawn(METERWAY, ['serve', '--data', this.data, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => { this.log += text })
    await this.#ready()
    this.tokens.operator = readFileSync(join(this.data, 'platform', 'operator.token'), 'utf8').trim()
  }

  meterway(...args) {
    return execFileSync(METERWAY, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  }

  /// Sends as a User, by the command. The RequestID, whatever came of it.
  send(...args) {
    const said = spawnSync(METERWAY, ['send', ...args, '--data', this.data], { encoding: 'utf8' })
    const id = /[0-9A-F]{2}(?:-[0-9A-F]{2}){7}:[0-9A-F]{2}(?:-[0-9A-F]{2}){7}:\d+/.exec(said.stdout + said.stderr)
    if (!id) throw new Error(`no RequestID: ${said.stdout}${said.stderr}`)
    return id[0]
  }

  async #ready() {
    const world = join(this.data, 'world.json')
    for (let tries = 0; tries < 300; ++tries) {
      if (this.child.exitCode !== null) break
      if (this.log.includes('ready:') && existsSync(world)) {   // before that it may be of an earlier run
        this.world = JSON.parse(readFileSync(world, 'utf8'))
        const port = this.world.portal_port
        if (port && await answers(port)) {
          this.url = `http://${HOST}:${port}`
          return
        }
      }
      await sleep(100)
    }
    throw new Error(`the platform does not answer\n${this.log}`)
  }

  /// The API as somebody: { status, json }.
  async api(who, method, path, body) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method, headers: { authorization: `Bearer ${this.tokens[who]}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    return { status: answer.status, text, json: text.startsWith('{') ? JSON.parse(text) : null }
  }

  async stop() {
    for (const one of this.beside) one.kill('SIGTERM')
    if (this.child.exitCode === null) {
      const ended = new Promise((done) => this.child.once('exit', done))
      this.child.kill('SIGTERM')
      const impatience = setTimeout(() => this.child.kill('SIGKILL'), 10000)
      await ended
      clearTimeout(impatience)
    }
    if (this.folder) rmSync(this.folder, { recursive: true, force: true })
  }
}

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, HOST, () => { const { port } = server.address(); server.close(() => resolve(port)) })
})
const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, HOST, () => { socket.destroy(); resolve(true) })
  socket.on('error', () => resolve(false))
})
