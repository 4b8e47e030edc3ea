// Issues badges with the libraries of others, good ones and bad ones, so that this check can be checked without us.
//
//   node issue_samples.mjs FOLDER
import './node_18.mjs';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {createCredential, createList} from '@digitalbazaar/vc-bitstring-status-list';
import {SignJWT, exportJWK, generateKeyPair} from 'jose';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {loaderFor} from './readers/loader.mjs';
import {World} from './world.mjs';

const ISSUER = 'did:web:issuer.example';
const LIST = 'https://issuer.example/status/1';
const JWK = 'https://issuer.example/keys/1';
const SUBJECT = 'urn:uuid:6f2f2a6e-6a4e-4f33-8f6c-1d0b8b8a4a01';
const REVOKED = 7;

const folder = process.argv[2];
const documentLoader = loaderFor(new World(folder));
const key = await newKey();
const {publicKey, privateKey} = await generateKeyPair('ES256');

async function newKey() {
  const pair = await Multikey.generate({controller: ISSUER});
  pair.id = `${ISSUER}#${pair.publicKeyMultibase}`;
  return pair;
}

function badge(changes = {}) {
  return {
    '@context': [
      'https://www.w3.org/ns/credentials/v2',
      'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
      'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json',
    ],
    id: 'urn:uuid:0b6a6c52-0f0f-4b1e-8f0a-5f3b5c8c2a11',
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: 'Reads what a machine wrote',
    issuer: {id: ISSUER, type: ['Profile'], name: 'Example Works'},
    validFrom: '2026-01-01T00:00:00Z',
    validUntil: '2027-01-01T00:00:00Z',
    credentialSubject: {
      id: SUBJECT,
      type: ['AchievementSubject'],
      achievement: {
        id: 'https://issuer.example/achievements/1',
        type: ['Achievement'],
        name: 'Reads what a machine wrote',
        description: 'Finds what is wrong in a summary.',
        criteria: {narrative: 'Found all five mistakes.'},
      },
    },
    ...changes,
  };
}

function statusEntry(index) {
  return {
    id: `${LIST}#${index}`,
    type: 'BitstringStatusListEntry',
    statusPurpose: 'revocation',
    statusListIndex: String(index),
    statusListCredential: LIST,
  };
}

function sign(credential, pair = key) {
  const suite = new DataIntegrityProof({signer: pair.signer(), cryptosuite, date: '2026-01-01T00:00:00Z'});
  return vc.issue({credential, suite, documentLoader, now: credential.validFrom});
}

function token(credential) {
  return new SignJWT(credential)
    .setProtectedHeader({alg: 'ES256', kid: JWK, typ: 'JWT'})
    .setIssuer(ISSUER).setJti(credential.id).setSubject(SUBJECT)
    .setNotBefore(new Date(credential.validFrom)).setExpirationTime(new Date(credential.validUntil)).sign(privateKey);
}

function tamperedToken(signed) {
  const [header, payload, signature] = signed.split('.');
  const claims = Buffer.from(payload, 'base64url').toString().replace('all five mistakes', 'all nine mistakes');
  return [header, Buffer.from(claims).toString('base64url'), signature].join('.');
}

async function statusList() {
  const list = await createList({length: 131072});
  list.setStatus(REVOKED, true);
  const credential = await createCredential({id: LIST, list, statusPurpose: 'revocation'});
  return sign({...credential, issuer: ISSUER, validFrom: '2026-01-01T00:00:00Z'});
}

const good = await sign(badge({credentialStatus: statusEntry(6)}));
const impostor = await newKey();
const forged = await sign(badge(), Object.assign(impostor, {id: key.id}));
const past = {validUntil: '2026-03-01T00:00:00Z'};
const tampered = structuredClone(good);
tampered.credentialSubject.achievement.criteria.narrative = 'Found all nine mistakes.';
const elsewhere = {...statusEntry(6), statusListCredential: 'https://elsewhere.example/status/1'};
const goodToken = await token(badge({credentialStatus: statusEntry(6)}));

const files = [
  ['good.json', 'good', good],
  ['revoked.json', 'revoked', await sign(badge({credentialStatus: statusEntry(REVOKED)}))],
  ['expired.json', 'expired', await sign(badge(past))],
  ['tampered.json', 'bad', tampered],
  ['forged.json', 'bad', forged],
  ['unproven.json', 'bad', badge()],
  ['undefined_term.json', 'bad', {...good, praxisLevel: 9}],
  ['list_elsewhere.json', 'elsewhere', await sign(badge({credentialStatus: elsewhere}))],
  ['good.jwt', 'good', goodToken],
  ['revoked.jwt', 'revoked', await token(badge({credentialStatus: statusEntry(REVOKED)}))],
  ['expired.jwt', 'expired', await token(badge(past))],
  ['tampered.jwt', 'bad', tamperedToken(goodToken)],
];

mkdirSync(folder, {recursive: true});
for(const [file, , content] of files) {
  write(file, content);
}
write('did.json', {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
  id: ISSUER,
  verificationMethod: [
    {id: key.id, type: 'Multikey', controller: ISSUER, publicKeyMultibase: key.publicKeyMultibase}],
  assertionMethod: [key.id],
});
write('status.json', await statusList());
write('jwk.json', {...await exportJWK(publicKey), kid: JWK, alg: 'ES256'});
write('manifest.json', {
  files: files.map(([file, state]) => ({file, state, format: path.extname(file).slice(1)})),
  documents: {
    'https://issuer.example/.well-known/did.json': 'did.json',
    [LIST]: 'status.json',
    [JWK]: 'jwk.json',
  },
  absent: ['https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json'],
  at: '2026-06-01T12:00:00Z',
});

function write(file, content) {
  writeFileSync(path.join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
}
