// Every page of spec/pages.tsv with something on it, seen by somebody who may, wide and on a telephone: axe finds nothing serious,
// nothing is wider than the window, nothing is thrown, and a picture is left (FOLDER/shots/page-*).
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openBrowser, openPage, shot, signIn, sound, visit } from './support/browser.mjs'
import { enterHubs, returnsFile } from './support/hubs.mjs'
import { Portal } from './support/node.mjs'
import { list, table } from './support/spec.mjs'
import { readFileSync } from 'node:fs'

const kSupplier = '90b3d51f30010000', kMeter = '00db1234567890a0'
const kMonth = 'month=2018-08&as_at=2018-10-05'
const pages = table('pages.tsv')
const kPeople = ['tester', 'engineer', 'desk', 'secretary', 'operations', 'auditor', 'operator']   // who looks, the first who may
let portal, browser, filled
before(async () => {
  portal = await Portal.start({ operations: ['DCC', ['operations'], 'Green'], auditor: ['DCC', ['auditor'], 'Red'] }, { signer: true })
  browser = await openBrowser()
  filled = await fill()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

/// Something for every list; then the variable parts of each path, or what it is asked with.
async function fill() {
  portal.meterway('records', 'load', join(process.env.METERWAY_FIXTURES, 'panel_2018_08'), '--data', portal.data)
  await enterHubs(portal, 5)
  const job = await made('/jobs?kind=hub-returns', readFileSync(returnsFile(portal, 'returns.csv', 0, 5)), 'text/csv')
  const sent = await made('/requests', JSON.stringify({ service: '4.18', user: kSupplier, target: kMeter }), 'application/json')
  const { sample } = (await portal.api('tester', 'GET', '/services/5.1/form')).json
  await made('/requests', JSON.stringify({ service: '5.1', user: kSupplier, fields: { ...sample, DeviceID: '00-DB-12-34-56-78-90-A0' } }), 'application/json')
  portal.send('4.1.1', '--to', '00db1234567890ee')
  portal.meterway('estate', 'alert', '8F3E', '--data', portal.data, '--device', kMeter)
  const schedule = await soon(async () => (await portal.api('operator', 'GET', '/schedules')).json.schedules[0])
  await soon(async () => (await portal.api('tester', 'GET', `/requests/${encodeURIComponent(sent.request_id)}/answer`)).json?.answers?.length)
  const [figure] = (await portal.api('secretary', 'GET', `/reports/panel?${kMonth}`)).json.figures
  const { devices } = (await portal.api('operator', 'GET', '/devices?limit=200')).json
  const mpxn = devices.find((one) => one.eui === kMeter).details.ImportMPxN
  const request = encodeURIComponent(sent.request_id)
  return {
    '/search': '/search?q=registration', '/find/:reference': '/find/OPSG', '/trace/:key': `/trace/${request}`, '/send/:service': '/send/1.1.1', '/sent/:request': `/sent/${request}`,
    '/explain/access': `/explain/access?user=${kSupplier}&service=4.1.1&device=${kMeter}`, '/jobs/:job': `/jobs/${job.id ?? job.job}`,
    '/inventory': `/inventory?mpxn=${mpxn}`, '/inventory/:eui': `/inventory/${kMeter}`, '/schedules/:schedule': `/schedules/${schedule.id}`,
    '/registration/points': `/registration/points?mpxn=${mpxn}`, '/reports': `/reports?${kMonth}`, '/reports/:form': `/reports/panel?${kMonth}`,
    '/figures/:figure': `/figures/${figure.figure}?month=${figure.month}&group=${encodeURIComponent(figure.group)}`,
    '/ledger/:kind': '/ledger/report', '/ledger/:kind/new': '/ledger/incident/new', '/ledger/:kind/:reference': '/ledger/incident/INC000000291001',
    '/people/:person': '/people/tester', '/permissions': '/permissions?function=anomaly.dcc.set',
  }
}

async function made(path, body, type) {
  const answer = await fetch(`${portal.url}/api/v1${path}`, { method: 'POST', body, headers: { authorization: `Bearer ${portal.tokens.tester}`, 'content-type': type } })
  const text = await answer.text()
  assert.ok(answer.status < 300, `${path}: ${text}`)
  return JSON.parse(text)
}

async function soon(get) {
  for (let tries = 0; tries < 300; ++tries) {
    const found = await get()
    if (found) return found
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(`it does not come: ${get}`)
}

/// The first of the people who may see it, as the platform itself decides.
const allowed = {}
async function whoMay(page) {
  const functions = list(page.functions)
  for (const who of kPeople) {
    if (functions.length === 0) return who
    for (const name of functions) {
      allowed[`${who} ${name}`] ??= (await portal.api(who, 'GET', `/permissions/${name}`)).json.allowed
      if (allowed[`${who} ${name}`]) return who
    }
  }
  return assert.fail(`nobody may see ${page.path}`)
}

for (const [name, width, height] of [['wide', 1300, 900], ['360', 360, 740]]) {
  test(`every page is sound with something on it, ${name}`, async (t) => {
    const seats = {}
    for (const row of pages) {
      await t.test(row.path, async () => {
        const path = filled[row.path] ?? row.path
        assert.ok(!path.includes(':') || row.path !== path, `${row.path} has no example`)
        const who = await whoMay(row)
        if (!seats[who]) {
          seats[who] = await openPage(browser, portal, { width, height })
          await signIn(seats[who], portal, who)
        }
        const page = seats[who]
        page.faults.length = 0
        await visit(page, path)
        const words = await page.locator('main').innerText()
        assert.doesNotMatch(words, /Not permitted|Page not found/, `${path} as ${who}`)
        await sound(page, `${path} as ${who}, ${name}`)
        await shot(page, `page-${row.path.slice(1).replace(/\W+/g, '_') || 'home'}-${name}`)
      })
    }
    for (const page of Object.values(seats)) await page.context().close()
  })
}
