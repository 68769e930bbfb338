// A RequestID is pasted, and everything is there: what happened, by which rules, and whose move it is.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Hand, openBrowser, openPage, settled, shot, signIn, sound, visit } from './support/browser.mjs'
import { Portal } from './support/node.mjs'

let portal, browser, answered, refused
before(async () => {
  portal = await Portal.start()
  answered = portal.send('4.1.1', '--to', '00db1234567890a0')
  refused = portal.send('4.1.1', '--to', '00db1234567890ee')
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

const plain = (id) => id.replace(/-/g, '').toLowerCase()

for (const way of ['mouse', 'keyboard']) {
  test(`the tester pastes a RequestID without dashes and reads what became of it, by ${way}`, async () => {
    const page = await openPage(browser, portal, { keyboard: way === 'keyboard' })
    const hand = new Hand(page, way)
    await hand.signIn(portal, 'tester', '/requests')
    await hand.type(page.getByLabel('RequestID, device, service or code'), plain(answered))
    await hand.click(page.getByRole('button', { name: 'Apply' }))
    await page.getByRole('heading', { level: 1, name: 'Trace' }).waitFor()
    const verdict = page.getByRole('region', { name: 'Whose move it is' })
    await verdict.waitFor()
    assert.match(await verdict.innerText(), /Whose move it is/)
    const steps = page.getByRole('region', { name: 'What happened' }).locator('ol > li')
    const words = await page.getByRole('region', { name: 'What happened' }).innerText()
    for (const area of ['TLS', 'XSD', 'SIG', 'ACCESS', 'TRANSFORM', 'ACB', 'WAN', 'DEVICE', 'DELIVERY']) assert.match(words, new RegExp(area), `${area}: ${words}`)
    assert.match(words, /Rule responsible\./)
    assert.ok(await steps.count() >= 10)
    if (way === 'mouse') {
      const message = page.locator('.mw-message').first()
      await message.locator('summary').click()
      await message.getByRole('button', { name: /originator/ }).first().hover()
      assert.match(await message.locator('mark').innerText(), /^90b3d51f/)
      await sound(page, 'a trace with an open message')
      await shot(page, 'trace-message')
    } else {
      const one = page.locator('.mw-message summary').first()
      await one.focus()
      await page.keyboard.press('Enter')
      const part = page.locator('.mw-message').first().getByRole('button', { name: /originator/ }).first()
      await part.waitFor()
      await part.focus()
      assert.match(await page.locator('.mw-message mark').first().innerText(), /^90b3d51f/)
    }
    const [file] = await Promise.all([page.waitForEvent('download'), hand.click(page.getByRole('link', { name: /evidence/ }))])
    assert.match(file.suggestedFilename(), /^evidence-.*\.zip$/)
    const listed = spawnSync('unzip', ['-l', await file.path()], { encoding: 'utf8' }).stdout
    for (const name of ['request.xml', 'messages.pcap', 'trace.json', 'audit.json', 'SHA256SUMS']) assert.match(listed, new RegExp(name.replace('.', '\\.')))
  })

  test(`the service desk finds why a request was refused and who can mend it, by ${way}`, async () => {
    const page = await openPage(browser, portal, { keyboard: way === 'keyboard' })
    const hand = new Hand(page, way)
    await hand.signIn(portal, 'desk', '/requests')
    await hand.click(page.getByRole('main').getByRole('link', { name: refused }))
    const verdict = page.getByRole('region', { name: 'Whose move it is' })
    await verdict.waitFor()
    const words = await verdict.innerText()
    assert.match(words, /E19/)
    assert.match(words, /the User/)
    assert.match(words, /Check the device/)
    assert.equal(await page.getByRole('link', { name: /evidence/ }).count(), 0, 'payloads are not for the desk')
    await sound(page, 'a refused request')
    if (way === 'mouse') await shot(page, 'trace-refused')
  })
}

test('the list is narrowed by whose move it is, gives its CSV, and shows no one else\'s', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'tester', '/requests?outcome=user')
  await page.getByRole('link', { name: refused }).waitFor()
  assert.equal(await page.getByRole('link', { name: answered }).count(), 0)
  await sound(page, 'requests')
  await shot(page, 'requests')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as CSV' }).click()])
  assert.match(readFileSync(await file.path(), 'utf8'), /^key,time,user/)
  const other = await openPage(browser, portal)
  await signIn(other, portal, 'engineer', `/requests?q=${plain(answered)}`)
  assert.match(await other.locator('main').innerText(), /Nothing is known of|No data|Filtered out/)
  await visit(other, `/trace/${plain(answered)}`)
  assert.match(await other.locator('main').innerText(), /Nothing is known of/)
})

test('the command is carried out once more by a copy of the emulated device', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'tester', `/trace/${encodeURIComponent(answered)}`)
  const replay = page.getByRole('region', { name: 'Replay on the emulator' })
  await replay.getByRole('button', { name: 'Replay' }).click()
  await replay.getByRole('status').waitFor()
  assert.match(await replay.getByRole('status').innerText(), /The same answer|Another answer/)
  await sound(page, 'a replayed request')
  await shot(page, 'trace-replayed')
})

test('on a telephone nothing is cut off', async () => {
  const page = await openPage(browser, portal, { width: 360, height: 740 })
  await signIn(page, portal, 'tester', `/trace/${encodeURIComponent(answered)}`)
  await settled(page)
  await page.locator('.mw-message summary').first().click()
  await sound(page, 'a trace at 360 px')
  await shot(page, 'trace-360')
  await visit(page, '/requests')
  await sound(page, 'requests at 360 px')
  await shot(page, 'requests-360')
})
