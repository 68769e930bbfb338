// A User's address: takes what is pushed, as the published receiver does. 204 only after the signature was checked.
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'

export class Inbox {
  /** `validate` takes the document and throws when it is not to be had. */
  static async open(port, path, validate) {
    const inbox = new Inbox()
    inbox.received = []
    inbox.waiting = []
    inbox.server = createServer((request, response) => {
      const parts = []
      request.on('data', (part) => parts.push(part))
      request.on('end', async () => {
        const type = (request.headers['content-type'] ?? '').split(';')[0].trim()
        if (request.method !== 'POST' || request.url !== path || type !== 'application/xml') return response.writeHead(404).end()
        let body = Buffer.concat(parts)
        if (request.headers['content-encoding'] === 'gzip') body = gunzipSync(body)
        const xml = body.toString('utf8')
        try {
          await validate(xml)
        } catch (error) {
          inbox.refused = error
          return response.writeHead(400).end()
        }
        response.writeHead(204).end()
        inbox.received.push(xml)
        inbox.waiting = inbox.waiting.filter((look) => !look())
      })
    })
    await new Promise((done) => inbox.server.listen(port, '127.0.0.1', done))
    return inbox
  }

  /** The first document that fits, now or within `ms`. */
  next(fits, ms) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.received.find(fits)
        if (!found) return false
        clearTimeout(timer)
        resolve(found)
        return true
      }
      const timer = setTimeout(() => reject(new Error(`nothing was pushed within ${ms} ms; refused: ${this.refused ?? 'nothing'}`)), ms)
      if (!look()) this.waiting.push(look)
    })
  }

  close() {
    this.server.closeAllConnections?.()
    return new Promise((done) => this.server.close(done))
  }
}
