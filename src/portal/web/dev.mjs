// For those who work on the pages: node dev.mjs FILES PLATFORM [PORT] serves what build.sh made, without rebuilding the platform,
// and hands everything of the API on to a running one. With TOKEN in the environment every question is asked with that token
// (a platform that has no sessions yet); otherwise cookies and headers go through as they are.
import { createServer, request } from 'node:http'
import { readFileSync, existsSync } from 'node:fs'
import path from 'node:path'

const [files, platform, port = '8088'] = process.argv.slice(2)
const base = new URL(platform)
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
createServer((asked, answer) => {
  const where = new URL(asked.url, 'http://here')
  if (/^\/(api\/v1\/|openapi\.json|healthz|readyz|metrics)/.test(where.pathname)) {
    const headers = { ...asked.headers, host: base.host }
    if (process.env.TOKEN) headers.authorization = `Bearer ${process.env.TOKEN}`
    const on = request({ hostname: base.hostname, port: base.port, method: asked.method, path: asked.url, headers }, (given) => {
      answer.writeHead(given.statusCode, given.headers)
      given.pipe(answer)
    })
    on.on('error', () => { answer.writeHead(502); answer.end() })
    asked.pipe(on)
    return
  }
  const name = path.normalize(path.extname(where.pathname) ? where.pathname : '/index.html')
  const file = path.join(files, name)
  if (!existsSync(file)) { answer.writeHead(404); answer.end(); return }
  answer.writeHead(200, {
    'content-type': types[path.extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  })
  answer.end(readFileSync(file))
}).listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))
