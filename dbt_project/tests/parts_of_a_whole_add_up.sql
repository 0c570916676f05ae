{{ config(group='finance', meta={'dagster': {'ref': {'name': 'int_rounded_shares'}}}) }}

{#-
  The parts of a whole, printed or not, hold all money of the ledger that belongs to it, and their shares add to 100.
-#}
with

shares as (

    select * from {{ ref('int_rounded_shares') }}

),

entries as (

    select * from {{ ref('int_fund_parts') }}

),

parts as (

    select
        whole,
        sum(amount) as amount,
        sum(share) as share
    from shares
    group by whole

),

ledger as (

    select
        whole,
        sum(amount_eur) as amount
    from entries
    group by whole

),

final as (

    select
        coalesce(parts.whole, ledger.whole) as whole,
        parts.amount,
        parts.share,
        ledger.amount as ledger_amount
    from parts
    full outer join ledger on parts.whole = ledger.whole
    where
        coalesce(parts.amount, 0) <> coalesce(ledger.amount, 0)
        or (ledger.amount > 0 and coalesce(parts.share, 0) <> 100)

)

select * from final
