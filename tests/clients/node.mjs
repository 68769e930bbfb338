// A node of its own for the tests: data folder, platform and devices, stopped at the end.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const METERWAY = process.env.METERWAY
const HOST = '127.0.0.1'

/** `count` neighbouring ports that are free now, of those that no other test takes (tests/support/ports.h). */
async function freePorts(count) {
  for (let tries = 0; tries < 50; ++tries) {
    const first = 10000 + Math.floor(Math.random() * (2000 - count))
    const servers = []
    try {
      for (let at = 0; at < count; ++at) {
        servers.push(await new Promise((resolve, reject) => {
          const server = createServer().once('error', reject)
          server.listen(first + at, HOST, () => resolve(server))
        }))
      }
      return first
    } catch {
      // taken: try elsewhere
    } finally {
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
    }
  }
  throw new Error('no free ports')
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => { socket.destroy(); resolve(true) })
    socket.on('error', () => resolve(false))
  })
}

export async function sleep(ms) {
  await new Promise((done) => setTimeout(done, ms))
}

/** Runs the program and gives what it prints. */
export function meterway(...args) {
  return execFileSync(METERWAY, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
}

export class Node {
  /** `change` may alter the configuration, an object, before anything starts. */
  static async start(keystore, change) {
    const node = new Node()
    node.folder = mkdtempSync(join(tmpdir(), 'meterway-clients-'))
    node.data = join(node.folder, 'data')
    const port = await freePorts(8)
    node.httpPort = port
    node.smkiPort = port + 1
    node.linkPort = port + 2
    node.pushPort = port + 3
    meterway('pki', 'make', '--data', node.data, '--organisations', keystore, '--http-port', port, '--smki-port', port + 1,
      '--link-port', port + 2, '--push-port', port + 3)
    const file = join(node.data, 'platform', 'config.json')
    const config = JSON.parse(readFileSync(file, 'utf8'))
    change?.(config)
    writeFileSync(file, JSON.stringify(config))
    node.processes = []
    node.launch('serve', '--data', node.data)  // starts the home as well
    await node.wait(node.httpPort)
    await node.wait(node.smkiPort)
    return node
  }

  log = ''

  launch(...args) {
    const child = spawn(METERWAY, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { this.log += `${args[0]}: ${text}` })
    child.on('exit', (code, signal) => { this.log += `${args[0]} ended: ${code ?? signal}\n` })
    this.processes.push(child)
  }

  async wait(port) {
    for (let tries = 0; tries < 300; ++tries) {
      if (await answers(port)) return
      if (this.processes.some((child) => child.exitCode !== null)) break
      await sleep(100)
    }
    throw new Error(`nothing answers on port ${port}\n${this.log}`)
  }

  async stop() {
    await Promise.all(this.processes.map((child) => {
      if (child.exitCode !== null || child.signalCode !== null) return null
      const ended = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      const impatience = setTimeout(() => child.kill('SIGKILL'), 10000)
      return ended.finally(() => clearTimeout(impatience))
    }))
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** What the clients do: POST with the media type alone, the whole exchange within three seconds. */
  async post(service, xml) {
    const response = await fetch(`http://${HOST}:${this.httpPort}/api/v1/${service}`, {
      method: 'POST', headers: { 'Content-Type': 'application/xml' }, body: xml, signal: AbortSignal.timeout(3000),
    })
    return { status: response.status, type: response.headers.get('content-type'), xml: await response.text() }
  }
}
