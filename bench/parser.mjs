// Reads the same requests with our parser and with the published clients' one: parser.mjs BENCH_PARSE NODE_MODULES FOLDER.
// They take turns of some 25 ms, so that whatever else the machine does at the moment weighs on both alike. After warming
// up 41 turns of each count, by their medians; beside it the best turn of each, which the rest of the machine hardly
// touches.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const [program, modules, folder] = process.argv.slice(2)
const { parseDuis } = createRequire(join(modules, 'x.js'))('@smartdcc/duis-parser')
const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))

const child = spawn(program, ['--turns'], { stdio: ['pipe', 'pipe', 'inherit'] })
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

async function ours() {
  child.stdin.write('\n')
  const { value, done } = await lines.next()
  if (done) throw new Error(`${program} ended`)
  const [us, read] = value.split(' ').map(Number)
  return { us, read }
}

function theirs() {
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

// At a share of the turns in the order of their times: 0 is the best, 0.5 the median.
const at = (share, turns) => turns.map((turn) => turn.us).sort((a, b) => a - b)[Math.floor(turns.length * share)]

for (let i = 0; i < 10; i++) theirs()
await ours()
const turns = []
for (let i = 0; i < 41; i++) turns.push({ ours: await ours(), theirs: theirs() })
child.stdin.end()
const mine = turns.map((turn) => turn.ours)
const other = turns.map((turn) => turn.theirs)
const ratio = (share) => (at(share, other) / at(share, mine)).toFixed(1)
console.log(
  `ours ${at(0.5, mine).toFixed(2)} us a request (${mine[0].read} of ${texts.length} read), ` +
    `theirs ${at(0.5, other).toFixed(1)} us (${other[0].read} of ${texts.length} read): ${ratio(0.5)} times; ` +
    `by the best turn of each ${at(0, mine).toFixed(2)} and ${at(0, other).toFixed(1)} us: ${ratio(0)} times`
)
