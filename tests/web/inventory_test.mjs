// The supplier's tester, the network operator's engineer and the service desk look up homes, devices, certificates and schedules.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Hand, openBrowser, openPage, settled, shot, signIn, sound, visit } from './support/browser.mjs'
import { Portal } from './support/node.mjs'

let portal, browser, meter
before(async () => {
  portal = await Portal.start()
  browser = await openBrowser()
  const { json } = await portal.api('operator', 'GET', '/devices?limit=200')
  meter = json.devices.find((one) => one.type === 'ESME' && one.details.ImportMPxN)
  assert.ok(meter, 'the demo has an electricity meter with a metering point')
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})
const words = async (page) => page.locator('main').innerText()

for (const way of ['mouse', 'keyboard']) {
  test(`the tester finds a home by its metering point and reads the device, by ${way}`, async () => {
    const page = await openPage(browser, portal, { keyboard: way === 'keyboard' })
    const hand = new Hand(page, way)
    await hand.signIn(portal, 'tester', '/inventory')
    await hand.type(page.getByLabel('MPAN or MPRN'), meter.details.ImportMPxN)
    await hand.click(page.getByRole('button', { name: 'Apply' }))
    await page.getByRole('region', { name: 'Devices of the home' }).waitFor()
    assert.match(page.url(), /mpxn=/)
    await sound(page, 'homes found')
    await shot(page, 'inventory')
    await hand.click(page.getByRole('link', { name: meter.eui }).first())
    await page.getByRole('heading', { level: 1, name: new RegExp(meter.eui) }).waitFor()
    await page.getByRole('region', { name: 'Its certificates' }).waitFor()
    assert.match(await words(page), /Commissioned/)
    await sound(page, 'a device')
    await shot(page, 'device')
    await page.context().close()
  })
}

test('what is not there and what is not his are answered alike, and each look-up is in the audit', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'tester', '/inventory?device=00db000000000001')
  const none = await words(page)
  assert.match(none, /Nothing can be told/)
  await visit(page, '/inventory?postcode=AB1+2CD&identifier=1')
  assert.match(await words(page), /Nothing can be told/)
  await visit(page, '/inventory/00db000000000001')
  assert.match(await words(page), /Nothing can be told of this device/)
  await sound(page, 'a device that is not there')
  const { json } = await portal.api('operator', 'GET', '/audit/entries?function=inventory.read&who=tester&limit=50')
  assert.ok(json.entries.length >= 3)
  for (const one of json.entries) assert.doesNotMatch(JSON.stringify(one), new RegExp(meter.details.ImportMPxN))
  await page.context().close()
})

test('the desk reads every device, and every list gives its CSV', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'desk', '/inventory')
  await page.getByRole('region', { name: 'All devices' }).waitFor()
  const rows = await page.getByRole('region', { name: 'All devices' }).locator('tbody tr').count()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as CSV' }).first().click()])
  const lines = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n')
  assert.equal(lines.length, rows + 1)
  assert.match(lines[0], /(^|,)eui(,|$)/)
  await page.context().close()
})

test('certificates by when they expire: his own organisation for the tester, all for the desk', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'tester', '/certificates')
  const me = await portal.api('tester', 'GET', '/me')
  const own = me.json.users.map((one) => one.eui)
  assert.ok(own.length > 0)
  const owners = await page.getByRole('region', { name: /Certificates, the first/ }).locator('tbody tr td:nth-child(2)').allInnerTexts()
  assert.ok(owners.length > 0)
  for (const one of owners) assert.ok(own.includes(one), one)
  await page.getByRole('region', { name: /When they expire/ }).getByRole('link').first().click()
  await settled(page)
  assert.match(page.url(), /expires_before=\d{4}-\d\d-01/)
  await sound(page, 'certificates')
  await shot(page, 'certificates')
  await page.context().close()
  const desk = await openPage(browser, portal)
  await signIn(desk, portal, 'desk', '/certificates')
  const all = await desk.getByRole('region', { name: /Certificates, the first/ }).locator('tbody tr').count()
  assert.ok(all > owners.length)
  await desk.context().close()
})

test('schedules, directions and correction cases are read, wide and at 360 px', async () => {
  for (const width of [1300, 360]) {
    const page = await openPage(browser, portal, { width })
    await signIn(page, portal, 'engineer')
    for (const path of ['/inventory', `/inventory/${meter.eui}`, '/certificates', '/schedules', '/directions', '/corrections']) {
      await visit(page, path)
      await sound(page, `${path} at ${width} px`)
      await shot(page, `${path.slice(1).replace(/\W/g, '_').replace(meter.eui, 'one')}-${width}`)
    }
    await page.context().close()
  }
})
