// Officers of a User: an infrastructure key authority of the test's own, certificates behind their job types, and what they sign.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class Officers {
  /// The node learns to trust the authority; each of `people` has a certificate, and the first signs files for his party's first User.
  static async appoint(portal, people) {
    const made = new Officers()
    const [signer] = people
    const folder = join(portal.folder, 'officers')
    const at = (name) => join(folder, name)
    mkdirSync(folder)
    portal.meterway('anomaly', 'iki', '--out', at('iki'))
    writeFileSync(at('trust.pem'), readFileSync(at('iki/root.pem'), 'utf8') + readFileSync(at('iki/issuing.pem'), 'utf8'))
    portal.meterway('anomaly', 'trust', at('trust.pem'), '--data', portal.data)
    for (const who of people) portal.meterway('person', 'certificate', who, '--iki', at('iki'), '--out', at(`${who}-identity`), '--data', portal.data)
    made.user = (await portal.api(signer, 'GET', '/me')).json.users[0].eui
    portal.meterway('anomaly', 'signer', '--iki', at('iki'), '--person', signer, '--user', made.user, '--out', at(signer))
    made.sign = (file) => {
      portal.meterway('anomaly', 'sign', file, '--certificate', at(`${signer}/${signer}.pem`), '--key', at(`${signer}/${signer}.key`), '--chain', at(`${signer}/issuing.pem`))
      return `${file}.p7s`
    }
    return made
  }
}
