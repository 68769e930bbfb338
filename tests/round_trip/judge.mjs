// Judges every answer of the round trips: node judge.mjs ANSWERS XSD
//   - the DCC's published validation tool (schema 5.1a and signature), all of them in one Java machine (OneMachine.java);
//   - the published library that reads answers, in this process;
//   - xmllint with the official schema 5.4, all of them in one run.
// What the published tools' schema does not know stands in newer.tsv, and nothing else may be refused.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(join(process.cwd(), 'judge.mjs'))
const { parseDuis } = require('@smartdcc/duis-parser')
const here = dirname(fileURLToPath(import.meta.url))
const [answers, xsd] = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'meterway-judge-'))
const names = readdirSync(answers).filter((name) => name.endsWith('.xml')).sort()
const text = new Map(names.map((name) => [name, readFileSync(join(answers, name), 'utf8')]))
const problems = []
if (names.length === 0) problems.push('no answers')

/** A copy of one answer that says something else than what was signed: whoever lets it pass judges nothing. */
const lie = '999999_changed.xml'
writeFileSync(join(answers, lie), text.get(names[0]).replace(/(ResponseDateTime>\d{3})(\d)/, (_, head, digit) => head + (digit === '1' ? '2' : '1')))

const newer = new Set(readFileSync(join(here, 'newer.tsv'), 'utf8').split('\n').slice(3).map((line) => line.split('\t')[0]))
const serviceOf = (xml) => xml.match(/ServiceReferenceVariant>([^<]*)</)?.[1]

const jar = join(dirname(require.resolve('@smartdcc/duis-sign-wrap')), 'tool.jar')
const said = execFileSync('java', ['-Djava.security.manager=allow', '-XX:+UseSerialGC', '-cp', jar, join(here, 'OneMachine.java'), answers],
  { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] })
rmSync(join(answers, lie))
let byClients = 0
let newerOnes = 0
const refused = new Map(said.trim().split('\n').map((line) => line.split('\t')).map(([name, code, why]) => [name, code === '0' ? null : `${code}: ${why}`]))
if (!refused.get(lie)) problems.push('the tool takes a changed answer')
for (const name of names) {
  const xml = text.get(name)
  if (!/<(\w+:)?Signature[\s>]/.test(xml)) problems.push(`${name}: no signature`)
  let why = refused.has(name) ? refused.get(name) : 'not looked at'
  if (!why) {
    try {
      const duis = parseDuis('simplified', xml)
      if (duis.header.type !== 'response') why = `read as ${duis.header.type}`
    } catch (error) {
      why = `the library: ${error.message}`
    }
  }
  if (!why) ++byClients
  else if (newer.has(serviceOf(xml))) ++newerOnes
  else problems.push(`${name}: ${why}`)
}

// libxml2 takes neither blanks in a schema's file name nor a 38-digit serial number as xs:integer.
const schemas = join(work, 'xsd')
const bare = join(work, 'bare')
mkdirSync(schemas)
mkdirSync(bare)
for (const name of readdirSync(xsd)) {
  const content = readFileSync(join(xsd, name), 'utf8').replace(/schemaLocation="[^"]*\/?([^"/]+)"/g, (whole) => whole.replaceAll(' ', '_'))
  writeFileSync(join(schemas, name.replaceAll(' ', '_')), content)
}
for (const name of names) writeFileSync(join(bare, name), text.get(name).replace(/<(\w+:)?Signature[\s>][\s\S]*<\/(\w+:)?Signature>/, ''))
const schema = join(schemas, readdirSync(schemas).find((name) => name.startsWith('DUIS_Schema')))
let byXmllint = names.length
try {
  execFileSync('xmllint', ['--noout', '--nonet', '--schema', schema, ...names], { cwd: bare, stdio: 'pipe', maxBuffer: 1 << 28 })
} catch (error) {
  const wrong = error.stderr.toString().split('\n').filter((line) => line !== '' && !line.endsWith(' validates'))
  byXmllint -= wrong.filter((line) => line.endsWith(' fails to validate')).length
  problems.push(...wrong.slice(0, 20))
}
rmSync(work, { recursive: true, force: true })

console.log(`${names.length} answers, ${byClients} by the clients (${newerOnes} newer than their schema), ${byXmllint} by xmllint`)
for (const problem of problems.slice(0, 40)) console.log(problem)
process.exit(problems.length === 0 ? 0 : 1)
