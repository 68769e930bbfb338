// The pictures of docs: a node with three homes does true things, and each page is taken as it is, in a window of 1200 by 800.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openBrowser, openPage, settled, signIn, visit } from './support/browser.mjs'
import { Portal, sleep } from './support/node.mjs'
import { withPalette } from './support/palette.mjs'

const pictures = process.env.METERWAY_PICTURES, fixtures = process.env.METERWAY_FIXTURES
const kMostBytes = 120_000
const kSupplier = '90b3d51f30010000', kNetworkOperator = '90b3d51f30020000', kOther = '90b3d51f30030000'
const kMeter = '00db1234567890a0', kSecondMeter = '00db1234567891a0'
let portal, browser
const listeners = []

before(async () => {
  assert.ok(pictures, 'METERWAY_PICTURES: where the pictures go (docs/pictures/make.sh)')
  portal = await Portal.start({
    anna: ['supplier', ['aro'], 'Green'], bob: ['supplier', ['sro'], 'Green'], operations: ['DCC', ['operations'], 'Green'],
  }, { signer: true, homes: 3 })
  browser = await openBrowser()
})
after(async () => {
  for (const one of listeners) one.kill('SIGTERM')
  await browser?.close()
  await portal?.stop()
})

const run = (...args) => portal.meterway(...args, '--data', portal.data)
const page = async (who, path) => {
  const one = await openPage(browser, portal, { width: 1200, height: 800 })
  await signIn(one, portal, who, path)
  return one
}

/// What the window shows, with `from` at its top.
async function take(one, name, from) {
  if (from) await from.first().evaluate((element) => window.scrollTo(0, element.getBoundingClientRect().top + scrollY - 12))
  const picture = withPalette(await one.screenshot())
  assert.ok(picture.length <= kMostBytes, `${name}: ${picture.length} bytes`)
  writeFileSync(join(pictures, `${name}.png`), picture)
}

test('a request is previewed, sent, answered and traced', async () => {
  const tester = await page('tester', `/send/4.1.1?device=${kMeter}`)
  await tester.getByRole('button', { name: 'Preview', exact: true }).click()
  const preview = tester.getByRole('heading', { name: 'Preview' })
  await preview.waitFor()
  await take(tester, 'send-preview', preview)
  await tester.getByRole('button', { name: 'Sign and send' }).click()
  await tester.locator('dd').getByText('answered', { exact: true }).waitFor({ timeout: 60000 })
  await tester.getByText('active import energy').first().waitFor()
  await take(tester, 'send-answer', tester.getByRole('heading', { level: 1 }))
  await tester.getByRole('main').getByRole('button', { name: 'Trace' }).click()
  await tester.getByRole('heading', { level: 1, name: 'Trace' }).waitFor()
  await tester.getByText('DELIVERY').first().waitFor()
  await take(tester, 'trace', tester.getByRole('heading', { level: 1 }))
})

test('another supplier is refused, and access control says why', async () => {
  assert.throws(() => run('send', '4.1.1', '--to', kMeter, '--from', kOther), /E4|status 2|Command failed/)
  const desk = await page('desk', `/explain/access?user=${kOther}&service=4.1.1&device=${kMeter}`)
  await desk.getByText(/E4/).first().waitFor()
  await take(desk, 'explain-access', desk.getByRole('heading', { level: 1 }))
})

test('hubs are returned by one file', async () => {
  const hub = (n) => `00db0001${n.toString(16).padStart(8, '0')}`
  const devices = Array.from({ length: 40 }, (_, n) => ({
    eui: hub(n), type: 'CHF', state: 'Commissioned', hub: hub(n), responsible: [{ role: 'IS', user: kSupplier }],
  }))
  assert.equal((await portal.api('operator', 'POST', '/devices', { devices })).status, 200)
  const file = join(portal.folder, 'returns.csv')
  writeFileSync(file, ['hub,reason', ...devices.map((one) => `${one.eui},no fault`), 'no hub,no fault', ''].join('\r\n'))
  const tester = await page('tester', '/jobs')
  await tester.getByLabel('CSV file').setInputFiles(file)
  await tester.getByLabel('Name').fill('Returns of June')
  await tester.getByRole('button', { name: 'Upload and check' }).click()
  await tester.getByRole('link', { name: '40 valid' }).waitFor()
  await tester.getByRole('button', { name: 'Dry run' }).click()
  await tester.getByRole('link', { name: '40 would be done' }).waitFor()
  await tester.getByRole('button', { name: 'Run', exact: true }).click()
  await tester.getByRole('button', { name: 'Confirm: run' }).click()
  await tester.getByRole('link', { name: '40 done' }).waitFor()
  await take(tester, 'job', tester.getByRole('heading', { level: 1 }))
})

test('what waits stands on the queue board, what happens in the live view', async () => {
  for (const code of ['8F76', '8F3E', '8F3F']) run('estate', 'alert', code, '--device', kMeter)
  await sleep(4000)
  const operations = await page('operations', '/queues')
  await operations.getByText('By User and class, the oldest first').waitFor()
  await operations.getByRole('cell', { name: /networkOperator/ }).first().waitFor()
  await take(operations, 'queues', operations.getByRole('heading', { level: 1 }))
  const desk = await page('desk', '/live')
  await desk.getByRole('link', { name: /90-B3-D5-1F-30-01-00-00:/ }).first().waitFor({ timeout: 20000 })
  await take(desk, 'live', desk.getByRole('heading', { level: 1 }))
  const home = await page('tester', '/')
  await take(home, 'home')
})

test('the node says what it is set to, and how it is', async () => {
  const desk = await page('desk', '/configuration?q=check')
  await desk.getByRole('row').filter({ hasText: 'check_dates' }).first().waitFor()
  await take(desk, 'configuration', desk.getByRole('heading', { level: 1 }))
  const operations = await page('operations', '/health')
  await operations.getByRole('row').filter({ hasText: 'clock' }).first().waitFor()
  await take(operations, 'health', operations.getByRole('heading', { level: 1 }))
})

test('a report says what keeps it from being published', async () => {
  portal.meterway('records', 'load', join(fixtures, 'panel_2018_08'), '--data', portal.data)
  const operator = await page('operator', '/reports/panel?month=2018-08&as_at=2018-10-05')
  await operator.getByRole('button', { name: 'Publish' }).click()
  await operator.getByRole('button', { name: 'Confirm: publish' }).click()
  const refused = operator.locator('#refused')
  await refused.waitFor()
  await take(operator, 'report', refused)
})

test('requests over a threshold wait for two people', async () => {
  const at = (name) => join(portal.folder, name)
  portal.meterway('anomaly', 'iki', '--out', at('iki'))
  writeFileSync(at('trust.pem'), readFileSync(at('iki/root.pem'), 'utf8') + readFileSync(at('iki/issuing.pem'), 'utf8'))
  run('anomaly', 'trust', at('trust.pem'))
  for (const who of ['anna', 'bob']) run('person', 'certificate', who, '--iki', at('iki'), '--out', at(`${who}-identity`))
  portal.meterway('anomaly', 'signer', '--iki', at('iki'), '--person', 'anna', '--user', kSupplier, '--out', at('anna'))
  const anna = await page('anna', '/anomaly/new')
  await anna.getByLabel('Reference of').fill('SMR-1')
  await anna.getByLabel('Service variant').fill('4.1.1')
  await anna.getByLabel('Hold above').fill('1')
  await anna.getByRole('button', { name: /^Preview/ }).click()
  await anna.getByRole('region', { name: 'Preview', exact: true }).waitFor()
  const [download] = await Promise.all([anna.waitForEvent('download'), anna.getByRole('button', { name: 'Save the file' }).click()])
  copyFileSync(await download.path(), at('SMR-1.csv'))
  portal.meterway('anomaly', 'sign', at('SMR-1.csv'), '--certificate', at('anna/anna.pem'), '--key', at('anna/anna.key'), '--chain', at('anna/issuing.pem'))
  await anna.getByLabel('The file (CSV)').setInputFiles(at('SMR-1.csv'))
  await anna.getByLabel('Its signature (.p7s)').setInputFiles(at('SMR-1.csv.p7s'))
  await anna.getByRole('button', { name: 'Bring it' }).click()
  await anna.getByRole('heading', { name: 'Receipt' }).waitFor()
  for (let n = 0; n < 3; ++n) run('send', '4.1.1', '--to', kSecondMeter, '--no-wait')
  await visit(anna, '/quarantine')
  const held = anna.getByRole('region', { name: 'Requests', exact: true })
  await held.waitFor()
  for (const box of await held.getByRole('checkbox').all()) await box.check()
  await anna.getByRole('button', { name: 'Release 2' }).click()
  await anna.getByRole('group', { name: /go on to their devices/ }).waitFor()
  await take(anna, 'quarantine', anna.getByRole('heading', { level: 1 }))
})

test('hubs lose their supply, and those who are owed it are told', async () => {
  for (const user of [kSupplier, kNetworkOperator])
    listeners.push(spawn(process.env.METERWAY, ['listen', '--data', portal.data, '--user', user, '--quiet'], { stdio: 'ignore' }))
  run('estate', 'outage', '--hubs', '2', '--for', '1h')
  const engineer = await page('engineer', '/outages')
  for (let tries = 0; tries < 50; ++tries) {
    if (/\d+ of [1-9]/.test(await engineer.locator('main').innerText())) break
    await sleep(5000)
    await engineer.reload()
    await settled(engineer)
  }
  assert.match(await engineer.locator('main').innerText(), /[1-9]\d* of [1-9]/)
  await take(engineer, 'outages', engineer.getByRole('heading', { level: 1 }))
})
