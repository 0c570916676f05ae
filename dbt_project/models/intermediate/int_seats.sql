with

governance as (

    select * from {{ ref('stg_governance') }}

),

final as (

    select
        lower(body) as body,
        seat,
        gender,
        source_file,
        source_line
    from governance
    where {{ on_closing_day('from_date', 'to_date') }}

)

select * from final
