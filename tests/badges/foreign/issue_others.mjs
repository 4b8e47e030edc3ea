// Issues badges in the other ways of the world, which we only verify: older suites, other curves, another order.
//
//   node issue_others.mjs FOLDER
import './node_18.mjs';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {cryptosuite as ecdsa} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as Multikey from '@digitalbazaar/ed25519-multikey';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {cryptosuite as eddsa} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {createList} from '@digitalbazaar/vc-bitstring-status-list';
import statusContext from '@digitalbazaar/vc-status-list-context';
import suiteContext from 'ed25519-signature-2020-context';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {loaderFor} from './readers/loader.mjs';
import {World} from './world.mjs';

const ISSUER = 'did:web:issuer.example';
const LIST = 'https://issuer.example/status/2021';
const REVOKED = 7;
const DATE = '2026-01-01T00:00:00Z';
const OLDER = ['https://www.w3.org/2018/credentials/v1', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json'];
const NEWER = ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'];
const SUITE = 'https://w3id.org/security/suites/ed25519-2020/v1';
const STATUS = 'https://w3id.org/vc/status-list/2021/v1';

const folder = process.argv[2];
const more = new Map([...suiteContext.contexts, ...statusContext.contexts]);
const known = loaderFor(new World(folder));
const documentLoader = async url => more.has(url)
  ? {contextUrl: null, documentUrl: url, document: more.get(url)} : known(url);

const ed25519 = named(await Multikey.generate({controller: ISSUER}));
const p256 = named(await EcdsaMultikey.generate({curve: 'P-256', controller: ISSUER}));
const p384 = named(await EcdsaMultikey.generate({curve: 'P-384', controller: ISSUER}));

function named(pair) {
  pair.id = `${ISSUER}#${pair.publicKeyMultibase}`;
  return pair;
}

function badge(context, changes = {}) {
  const dates = context[0] === NEWER[0]
    ? {validFrom: DATE, validUntil: '2027-01-01T00:00:00Z'}
    : {issuanceDate: DATE, expirationDate: '2027-01-01T00:00:00Z'};
  return {
    '@context': context,
    id: 'urn:uuid:0b6a6c52-0f0f-4b1e-8f0a-5f3b5c8c2a12',
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: 'Reads what a machine wrote',
    issuer: {id: ISSUER, type: ['Profile'], name: 'Example Works'},
    ...dates,
    credentialSubject: {
      id: 'urn:uuid:6f2f2a6e-6a4e-4f33-8f6c-1d0b8b8a4a01',
      type: ['AchievementSubject'],
      achievement: {
        id: 'https://issuer.example/achievements/1',
        type: ['Achievement'],
        name: 'Reads what a machine wrote',
        description: 'Finds what is wrong in a summary.',
        criteria: {narrative: 'Found all five mistakes.'},
        // JavaScript sorts the emoji before the private character, RDFC-1.0 behind it.
        ...changes.achievement,
      },
    },
    ...changes.credential,
  };
}

function entry(index) {
  return {credentialStatus: {
    id: `${LIST}#${index}`, type: 'StatusList2021Entry', statusPurpose: 'revocation',
    statusListIndex: String(index), statusListCredential: LIST,
  }};
}

function sign(credential, suite) {
  return vc.issue({credential, suite, documentLoader, now: DATE});
}

const older = () => new Ed25519Signature2020({key: ed25519, date: DATE});
const modern = (pair, cryptosuite) => new DataIntegrityProof({signer: pair.signer(), cryptosuite, date: DATE});

async function statusList() {
  const list = await createList({length: 131072});
  list.setStatus(REVOKED, true);
  return sign({
    '@context': [OLDER[0], STATUS, SUITE],
    id: LIST,
    type: ['VerifiableCredential', 'StatusList2021Credential'],
    issuer: ISSUER,
    issuanceDate: DATE,
    credentialSubject: {
      id: `${LIST}#list`, type: 'StatusList2021', statusPurpose: 'revocation',
      encodedList: (await list.encode()).replace(/^u/, ''),
    },
  }, older());
}

const contexts = [...OLDER, STATUS, SUITE];
const symbols = {achievement: {tag: ['\ue000 private', '😀 emoji']}};
const files = {
  'older.json': await sign(badge([...OLDER, SUITE]), older()),
  'older-not-revoked.json': await sign(badge(contexts, {credential: entry(6)}), older()),
  'older-revoked.json': await sign(badge(contexts, {credential: entry(REVOKED)}), older()),
  'older-on-newer.json': await sign(badge([...NEWER, SUITE]), older()),
  'p256.json': await sign(badge(NEWER), modern(p256, ecdsa)),
  'p384.json': await sign(badge(NEWER), modern(p384, ecdsa)),
  'symbols.json': await sign(badge(NEWER, symbols), modern(ed25519, eddsa)),
};

mkdirSync(folder, {recursive: true});
for(const [file, content] of Object.entries({
  ...files,
  'status.json': await statusList(),
  'did.json': {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: ISSUER,
    verificationMethod: [
      // As whoever signs with the older suite publishes the key.
      {id: ed25519.id, type: 'Ed25519VerificationKey2020', controller: ISSUER,
        publicKeyMultibase: ed25519.publicKeyMultibase},
      ...[p256, p384].map(({id, publicKeyMultibase}) => ({id, type: 'Multikey', controller: ISSUER, publicKeyMultibase})),
    ],
    assertionMethod: [ed25519.id, p256.id, p384.id],
  },
})) {
  writeFileSync(path.join(folder, file), JSON.stringify(content));
}
