Feature: Where the document contradicts itself, an operator follows one of the two variants
  The document contradicts itself in two places: on the default username of a ReplicationSource (below: source), and
  on custom usernames.  In each place an operator may follow either statement (variant).  If it follows neither, it
  has diverged, and the claims that assume one of these variants cannot be judged.

  Rule: A generated username is the name; or it is name-namespace if that has at most 50 characters, and else the name

    @VR_1 @literal-namespaces @long
    Scenario: The default usernames of short and long names follow the same variant
      Given these sources:
        | name                                                                                     | namespace |
        | orders                                                                                   | shop      |
        | database-of-the-order-service-and-its-archive                                            | prod      |
        | databases-of-the-order-service-and-its-archive                                           | prod      |
        | orders-of-the-shop-in-the-north-of-the-country-with-all-of-its-branches-and-their-copies | shop      |
      When every source is backed up
      Then the generated usernames follow one of these variants:
        | name                                                                                     | namespace | object-name                                                                              | object-name-namespace                                                                    |
        | orders                                                                                   | shop      | orders                                                                                   | orders-shop                                                                              |
        | database-of-the-order-service-and-its-archive                                            | prod      | database-of-the-order-service-and-its-archive                                            | database-of-the-order-service-and-its-archive-prod                                       |
        | databases-of-the-order-service-and-its-archive                                           | prod      | databases-of-the-order-service-and-its-archive                                           | databases-of-the-order-service-and-its-archive                                           |
        | orders-of-the-shop-in-the-north-of-the-country-with-all-of-its-branches-and-their-copies | shop      | orders-of-the-shop-in-the-north-of-the-country-with-all-of-its-branches-and-their-copies | orders-of-the-shop-in-the-north-of-the-country-with-all-of-its-branches-and-their-copies |

  Rule: A custom username that does not match the documented pattern is refused, or used exactly as it is given

    @VR_2
    Scenario: A source with an e-mail address as username is refused, or its backup is recorded under that address
      Given a source "mailbox" in namespace "office" with:
        | field    | value            |
        | username | user@company.com |
      When the source "mailbox" in namespace "office" is backed up
      Then it is refused because of its username, or recorded under exactly that username
