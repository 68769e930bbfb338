// Live view, queues, outages and alerts in the browser: a supplier's tester, a network operator's engineer, the service desk.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Hand, openBrowser, openPage, shot, signIn, sound, visit } from './support/browser.mjs'
import { Portal, sleep } from './support/node.mjs'

const tester = ['supplier', ['party'], 'Green'], engineer = ['networkOperator', ['party'], 'Green'], operations = ['DCC', ['operations'], 'Green']
let portal, browser
before(async () => {
  portal = await Portal.start({ tester, engineer, operations })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

const kSupplier = '90b3d51f30010000'
/// A reading, there and back, as the supplier.
function reading() {
  portal.meterway('send', '4.1.1', '--to', '00db1234567890a0', '--data', portal.data, '--no-wait')
}
/// Something that is in the log at once: a User is written again by the operator.
const touch = async (eui = kSupplier) => {
  const user = (await portal.api('operator', 'GET', `/users/${eui}`)).json
  const { eui: _, ...body } = user
  assert.ok((await portal.api('operator', 'PUT', `/users/${eui}`, body)).status < 300)
}

test('the desk watches what happens, narrows it, pauses it, and goes back to live, by mouse and by keyboard', async () => {
  for (const way of ['mouse', 'keyboard']) {
    const page = await openPage(browser, portal, { keyboard: way === 'keyboard' })
    const hand = new Hand(page, way)
    await hand.signIn(portal, 'desk', '/live')
    const state = page.locator('[data-feed]')
    assert.equal(await state.getAttribute('data-feed'), 'live')
    assert.match(await state.innerText(), /live/)
    await touch()
    await page.getByRole('link', { name: `user:${kSupplier}` }).first().waitFor({ timeout: 10000 })
    await hand.click(page.getByRole('button', { name: 'Pause' }))
    assert.match(page.url(), /paused=yes/)
    assert.equal(await state.getAttribute('data-feed'), 'history')
    assert.match(await state.innerText(), /paused/)
    const before = await page.locator('tbody tr').count()
    await touch()
    await sleep(2500)
    assert.equal(await page.locator('tbody tr').count(), before, 'nothing moves while it is paused')
    await hand.click(page.getByRole('button', { name: 'Go on' }))
    await page.waitForFunction(() => document.querySelector('[data-feed]')?.getAttribute('data-feed') === 'live')
    await hand.type(page.getByRole('search', { name: 'Filters' }).getByLabel('Words'), 'no such words')
    await hand.click(page.getByRole('button', { name: 'Apply' }))
    assert.match(page.url(), /q=no\+such\+words/)
    await page.getByText('Filtered out').waitFor()
    await hand.click(page.getByRole('button', { name: 'Clear' }))
    await hand.select(page.getByRole('search', { name: 'Filters' }).getByLabel('Area'), 'ADMIN')
    await hand.click(page.getByRole('button', { name: 'Apply' }))
    await page.getByRole('link', { name: `user:${kSupplier}` }).first().waitFor()
    await hand.click(page.getByRole('button', { name: 'Every event' }))
    assert.match(page.url(), /grouped=no/)
    await sound(page, `live view, ${way}`)
    if (way === 'mouse') await shot(page, 'live')
    await page.context().close()
  }
})

test('a span of time is history and says so', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'desk', '/live?to=2001-01-01T00:00:00Z&grouped=no')
  assert.equal(await page.locator('[data-feed]').getAttribute('data-feed'), 'history')
  assert.match(await page.locator('main').innerText(), /Filtered out/)
  await page.getByRole('button', { name: 'Back to live' }).click()
  await page.waitForFunction(() => document.querySelector('[data-feed]')?.getAttribute('data-feed') === 'live')
  await sound(page, 'a span of time')
})

test("a supplier's tester sees his own request and nothing of another's", async () => {
  reading()
  await touch('90b3d51f30030000')
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'tester', '/live')
  await page.getByRole('link', { name: /90-B3-D5-1F-30-01-00-00:/ }).first().waitFor({ timeout: 20000 })
  const text = await page.locator('main').innerText()
  assert.doesNotMatch(text, /90b3d51f30030000/)
  assert.doesNotMatch(text, /user:/)
  await sound(page, "a tester's live view")
})

test('the queue board says by when a queue is empty, or that nothing drains', async () => {
  reading()
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'operations', '/queues')
  await page.getByText('By User and class, the oldest first').waitFor()
  assert.match(await page.locator('main').innerText(), /not known|empty/i)
  await sound(page, 'the queue board')
  await shot(page, 'queues')
})

test('alerts say what they mean, who was told, and lead to their trace', async () => {
  portal.meterway('estate', 'alert', '8F3E', '--data', portal.data, '--device', '00db1234567890a0')
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'desk', '/alerts')
  const link = page.getByRole('link', { name: '8F3E', exact: true }).first()
  await link.waitFor({ timeout: 20000 })
  assert.match(await link.getAttribute('href'), /^\/trace\/alert/)
  assert.match(await page.locator('main').innerText(), /Tamper|Access/i)
  await sound(page, 'alerts')
  await shot(page, 'alerts')
})

test('the engineer sees hubs go off and come back, with what was counted', async () => {
  portal.meterway('estate', 'outage', '--data', portal.data, '--hubs', '1', '--for', '1h')
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'engineer', '/outages')
  assert.match(await page.locator('main').innerText(), /\b(1 hub is|(?!1 )\d+ hubs are) off/)
  await page.getByRole('columnheader', { name: 'of owed' }).waitFor()
  assert.match(await page.locator('main').innerText(), /nothing was owed|\d+ of \d+/)
  await page.getByText('What is counted').click()
  await page.getByText('the denominator of share').waitFor()
  await sound(page, 'the outage board')
  await shot(page, 'outages')
})

test('at 360 px every board can be read, and whoever may not see it is told', async () => {
  const page = await openPage(browser, portal, { width: 360, height: 740 })
  await signIn(page, portal, 'desk', '/live')
  for (const path of ['/live', '/outages', '/alerts']) {
    await visit(page, path)
    await sound(page, `${path} at 360 px`)
    await shot(page, `${path.slice(1)}-360`)
  }
  await visit(page, '/queues')
  assert.match(await page.locator('main').innerText(), /Not permitted/)
  const other = await openPage(browser, portal)
  await signIn(other, portal, 'secretary', '/live')
  assert.match(await other.locator('main').innerText(), /Not permitted/)
  await sound(other, 'a page that is not for the secretary')
})
