with

governance as (

    select * from {{ ref('stg_governance') }}

),

final as (

    select
        lower(body) as body,
        seat,
        gender,
        member_key,
        from_date,
        to_date,
        source_file,
        source_line
    from governance
    where {{ active_at_year_end('from_date', 'to_date') }}

)

select * from final
