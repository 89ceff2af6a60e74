"""The kinds of request, one module for each. `licences.licence_requests.table` lists them."""
