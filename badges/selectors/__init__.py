"""Reading about credentials: for rules, for their holders, for whoever looks at one, for administrators."""
