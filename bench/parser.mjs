// Reads the same requests with the published clients' parser: parser.mjs NODE_MODULES FOLDER. Prints microseconds a request,
// the median of 15 rounds after warming up, and how many it could read.
import { createRequire } from 'node:module'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const [modules, folder] = process.argv.slice(2)
const { parseDuis } = createRequire(join(modules, 'x.js'))('@smartdcc/duis-parser')
const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))

function round() {
  let read = 0
  const start = process.hrtime.bigint()
  for (const text of texts) {
    try {
      parseDuis('simplified', text)
      read++
    } catch {
      // Newer services than its schema: it gives up on them, and the time until then counts.
    }
  }
  return { us: Number(process.hrtime.bigint() - start) / 1000 / texts.length, read }
}

for (let i = 0; i < 10; i++) round()
const rounds = Array.from({ length: 15 }, round).sort((a, b) => a.us - b.us)
console.log(JSON.stringify({ requests: texts.length, read: rounds[7].read, us: rounds[7].us }))
