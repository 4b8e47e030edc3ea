// jose: JSON Web Tokens, against the key that stands alone at the address named in `kid`, as 1EdTech's validator does it.
import {decodeJwt, decodeProtectedHeader, errors, importJWK, jwtVerify} from 'jose';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {loaderFor} from './loader.mjs';
import {checkStatus, statusOf} from './status.mjs';

export const name = 'jose';

// Those that 1EdTech's validator takes.
const algorithms = ['RS256', 'ES256'];

export async function verify({token}, world) {
  if(!token) {
    return {signature: null, status: null, expired: null, log: ['reads only JSON Web Tokens']};
  }
  let expired = false;
  try {
    const {kid, alg} = decodeProtectedHeader(token);
    const key = await importJWK(world.json(kid), alg);
    await jwtVerify(token, key, {algorithms});
  } catch(error) {
    // The signature is checked first: a token that has only run out was signed by this key.
    if(!(error instanceof errors.JWTExpired)) {
      return {signature: false, status: null, expired: null, log: [error.message]};
    }
    expired = true;
  }
  const {status, log} = await look(decodeJwt(token), world);
  return {signature: true, status, expired, log};
}

async function look(credential, world) {
  if(!credential.credentialStatus) {
    return {status: null, log: []};
  }
  const result = await checkStatus({
    credential, documentLoader: loaderFor(world), suite: new DataIntegrityProof({cryptosuite}),
  });
  return {status: statusOf(result), log: result.error ? [result.error.message] : []};
}
