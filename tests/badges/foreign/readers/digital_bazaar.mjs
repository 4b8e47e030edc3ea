// @digitalbazaar/vc: the reference implementation in JavaScript. Embedded proofs only.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {loaderFor} from './loader.mjs';
import {checkStatus, statusOf} from './status.mjs';

export const name = '@digitalbazaar/vc';

const EXPIRED = /is after "validUntil"/;

export async function verify({credential}, world) {
  if(!credential) {
    return {signature: null, status: null, expired: null, log: ['reads no JSON Web Token']};
  }
  const now = await check(credential, world);
  const expired = EXPIRED.test(now.error?.message ?? '');
  // An expired credential is refused before its signature is looked at, so look again as of the day it began.
  const result = expired ? await check(credential, world, new Date(credential.validFrom)) : now;
  const signature = (result.results ?? []).length > 0 && result.results.every(({verified}) => verified);
  return {
    signature,
    status: signature ? statusOf(result.statusResult) : null,
    expired: signature ? expired : null,
    log: [now.error, expired && result.error, result.statusResult?.error].filter(Boolean).flatMap(reasons),
  };
}

function check(credential, world, now) {
  return vc.verifyCredential({
    credential, now, documentLoader: loaderFor(world), checkStatus,
    suite: new DataIntegrityProof({cryptosuite}),
  });
}

function reasons(error) {
  return [error.message, ...(error.errors ?? []).flatMap(reasons), ...(error.cause ? reasons(error.cause) : [])];
}
